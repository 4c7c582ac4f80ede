use crate::replica::{Edit, Replica};
use automerge::transaction::Transactable;
use automerge::{ActorId, AutoCommit, Change, ObjId, ObjType, ReadDoc, ROOT};

pub struct AutomergeReplica {
    doc: AutoCommit,
    text: ObjId,
}

impl Replica for AutomergeReplica {
    fn new(client: u64) -> Self {
        // Everybody has to begin with the same document.
        let mut doc = AutoCommit::new().with_actor(ActorId::from([0u8; 1]));
        let text = doc.put_object(ROOT, "text", ObjType::Text).unwrap();
        doc.commit();
        doc.set_actor(ActorId::from(client.to_be_bytes()));
        Self { doc, text }
    }

    fn edit(&mut self, edit: &Edit, updates: &mut Vec<Vec<u8>>) {
        self.edit_quietly(edit);
        updates.push(self.doc.get_last_local_change().unwrap().raw_bytes().to_vec());
    }

    fn edit_quietly(&mut self, edit: &Edit) {
        self.doc.splice_text(&self.text, edit.0, edit.1 as isize, &edit.2).unwrap();
        self.doc.commit();
    }

    fn apply(&mut self, update: &[u8]) {
        self.doc.apply_changes([Change::from_bytes(update.to_vec()).unwrap()]).unwrap();
    }

    fn text(&self) -> String {
        self.doc.text(&self.text).unwrap()
    }

    fn state(&self) -> Vec<u8> {
        self.doc.clone().save()
    }

    fn load(state: &[u8]) -> Self {
        let doc = AutoCommit::load(state).unwrap();
        let text = doc.get(ROOT, "text").unwrap().unwrap().1;
        Self { doc, text }
    }
}
