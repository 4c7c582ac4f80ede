use std::ops::Range;

/// One edit: where, how many characters go, and what comes.
#[derive(serde::Deserialize)]
pub struct Edit(pub usize, pub usize, pub String);

impl Edit {
    pub fn erased(&self) -> Range<usize> {
        self.0..self.0 + self.1
    }
}

/// What every library here can do: a document with a text.
pub trait Replica: Sized {
    fn new(client: u64) -> Self;
    /// One transaction; its update goes into `updates`.
    fn edit(&mut self, edit: &Edit, updates: &mut Vec<Vec<u8>>);
    /// The same without making an update.
    fn edit_quietly(&mut self, edit: &Edit);
    fn apply(&mut self, update: &[u8]);
    fn text(&self) -> String;
    fn state(&self) -> Vec<u8>;
    fn load(state: &[u8]) -> Self;
}
