use crate::replica::{Edit, Replica};
use diamond_types::list::encoding::{ENCODE_FULL, ENCODE_PATCH};
use diamond_types::list::ListCRDT;

pub struct DiamondReplica {
    doc: ListCRDT,
    agent: u32,
}

impl Replica for DiamondReplica {
    fn new(client: u64) -> Self {
        let mut doc = ListCRDT::new();
        let agent = doc.get_or_create_agent_id(&client.to_string());
        Self { doc, agent }
    }

    fn edit(&mut self, edit: &Edit, updates: &mut Vec<Vec<u8>>) {
        let before = self.doc.oplog.local_version().to_vec();
        self.edit_quietly(edit);
        updates.push(self.doc.oplog.encode_from(ENCODE_PATCH, &before));
    }

    fn edit_quietly(&mut self, edit: &Edit) {
        if edit.1 > 0 {
            self.doc.delete_without_content(self.agent, edit.erased());
        }
        if !edit.2.is_empty() {
            self.doc.insert(self.agent, edit.0, &edit.2);
        }
    }

    fn apply(&mut self, update: &[u8]) {
        self.doc.oplog.decode_and_add(update).unwrap();
        let tip = self.doc.oplog.local_version().to_vec();
        self.doc.branch.merge(&self.doc.oplog, &tip);
    }

    fn text(&self) -> String {
        self.doc.branch.content().to_string()
    }

    fn state(&self) -> Vec<u8> {
        self.doc.oplog.encode(ENCODE_FULL)
    }

    fn load(state: &[u8]) -> Self {
        Self { doc: ListCRDT::load_from(state).unwrap(), agent: 0 }
    }
}
