use crate::replica::{Edit, Replica};
use loro::{ExportMode, LoroDoc, LoroText};
use std::borrow::Cow;

pub struct LoroReplica {
    doc: LoroDoc,
    text: LoroText,
}

impl Replica for LoroReplica {
    fn new(client: u64) -> Self {
        let doc = LoroDoc::new();
        doc.set_peer_id(client).unwrap();
        let text = doc.get_text("text");
        Self { doc, text }
    }

    fn edit(&mut self, edit: &Edit, updates: &mut Vec<Vec<u8>>) {
        let before = self.doc.oplog_vv();
        self.edit_quietly(edit);
        updates.push(self.doc.export(ExportMode::Updates { from: Cow::Borrowed(&before) }).unwrap());
    }

    fn edit_quietly(&mut self, edit: &Edit) {
        if edit.1 > 0 {
            self.text.delete_utf16(edit.0, edit.1).unwrap();
        }
        if !edit.2.is_empty() {
            self.text.insert_utf16(edit.0, &edit.2).unwrap();
        }
        self.doc.commit();
    }

    fn apply(&mut self, update: &[u8]) {
        self.doc.import(update).unwrap();
    }

    fn text(&self) -> String {
        self.text.to_string()
    }

    fn state(&self) -> Vec<u8> {
        self.doc.export(ExportMode::Snapshot).unwrap()
    }

    fn load(state: &[u8]) -> Self {
        let mut made = Self::new(1);
        made.apply(state);
        made
    }
}
