use crate::replica::{Edit, Replica};
use std::collections::HashMap;
use yrs::updates::decoder::Decode;
use yrs::{
    Any, Array, ArrayRef, ClientID, Doc, GetString, Map, MapRef, OffsetKind, Options, ReadTxn, StateVector, Text,
    TextPrelim, TextRef, Transact, TransactionMut, Update,
};

pub struct YrsReplica {
    pub doc: Doc,
    text: TextRef,
    numbers: ArrayRef,
    map: MapRef,
    array: ArrayRef,
}

impl YrsReplica {
    pub fn insert_numbers(&mut self, at: u32, numbers: &[i64], updates: &mut Vec<Vec<u8>>) {
        let mut transaction = self.doc.transact_mut();
        let values: Vec<Any> = numbers.iter().map(|n| Any::from(*n as f64)).collect();
        self.numbers.insert_range(&mut transaction, at, values);
        finish(transaction, updates);
    }

    pub fn act(&mut self, action: &str, i: usize, updates: &mut Vec<Vec<u8>>) {
        let mut transaction = self.doc.transact_mut();
        match action {
            "number" => {
                self.map.insert(&mut transaction, "v", i as f64);
            }
            "object" => {
                let object = HashMap::from([
                    ("name".to_string(), Any::from(i.to_string())),
                    ("address".to_string(), Any::from("here")),
                ]);
                self.map.insert(&mut transaction, "v", Any::from(object));
            }
            "string" => {
                let letter = (b'a' + (i % 26) as u8) as char;
                self.map.insert(&mut transaction, "v", letter.to_string().repeat(77));
            }
            _ => {
                self.array.insert(&mut transaction, 0, TextPrelim::new(format!("word{i}")));
            }
        }
        finish(transaction, updates);
    }

    pub fn apply_all(&mut self, updates: &[Vec<u8>]) {
        let mut transaction = self.doc.transact_mut();
        for update in updates {
            transaction.apply_update(Update::decode_v1(update).unwrap()).unwrap();
        }
    }

    pub fn state_v2(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v2(&StateVector::default())
    }

    pub fn load_v2(state: &[u8]) -> Self {
        let made = Self::new(1);
        made.doc.transact_mut().apply_update(Update::decode_v2(state).unwrap()).unwrap();
        made
    }
}

fn finish(mut transaction: TransactionMut, updates: &mut Vec<Vec<u8>>) {
    transaction.commit();
    updates.push(transaction.encode_update_v1());
}

fn change(text: &TextRef, transaction: &mut TransactionMut, edit: &Edit) {
    if edit.1 > 0 {
        text.remove_range(transaction, edit.0 as u32, edit.1 as u32);
    }
    if !edit.2.is_empty() {
        text.insert(transaction, edit.0 as u32, &edit.2);
    }
}

impl Replica for YrsReplica {
    fn new(client: u64) -> Self {
        let doc = Doc::with_options(Options {
            client_id: ClientID::new(client),
            offset_kind: OffsetKind::Utf16,
            ..Options::default()
        });
        Self {
            text: doc.get_or_insert_text("text"),
            numbers: doc.get_or_insert_array("numbers"),
            map: doc.get_or_insert_map("map"),
            array: doc.get_or_insert_array("array"),
            doc,
        }
    }

    fn edit(&mut self, edit: &Edit, updates: &mut Vec<Vec<u8>>) {
        let mut transaction = self.doc.transact_mut();
        change(&self.text, &mut transaction, edit);
        finish(transaction, updates);
    }

    fn edit_quietly(&mut self, edit: &Edit) {
        change(&self.text, &mut self.doc.transact_mut(), edit);
    }

    fn apply(&mut self, update: &[u8]) {
        self.doc.transact_mut().apply_update(Update::decode_v1(update).unwrap()).unwrap();
    }

    fn text(&self) -> String {
        self.text.get_string(&self.doc.transact())
    }

    fn state(&self) -> Vec<u8> {
        self.doc.transact().encode_state_as_update_v1(&StateVector::default())
    }

    fn load(state: &[u8]) -> Self {
        let mut made = Self::new(1);
        made.apply(state);
        made
    }
}
