//! A Rust library at one workload: the same work as documents/documents.cpp does with the library's engine.
//!
//!     documents_rust --contender yrs|diamond_types|loro|automerge --workload <file> [--save <file>]
//!     documents_rust --contender ... --first-load <the file that was saved>
mod automerge_replica;
mod diamond_replica;
mod loro_replica;
mod measure;
mod replica;
mod yrs_replica;

use measure::{measure, median_of, memory_of, milliseconds, say};
use replica::{Edit, Replica};
use serde_json::Value;
use yrs_replica::YrsReplica;

const FIRST_CLIENT: u64 = 3_000_000_001;

fn edits(list: &Value) -> Vec<Edit> {
    serde_json::from_value(list.clone()).unwrap()
}

fn require_equal<R: Replica>(a: &R, b: &R) {
    assert!(a.text() == b.text(), "replicas differ");
}

fn measure_edits<R: Replica>(edits: &[Edit]) {
    say("time", median_of(|| {
        let (mut author, mut reader) = (R::new(FIRST_CLIENT), R::new(FIRST_CLIENT + 1));
        let mut sent = Vec::new();
        let took = milliseconds(|| {
            for edit in edits {
                author.edit(edit, &mut sent);
                reader.apply(&sent.pop().unwrap());
            }
        });
        require_equal(&author, &reader);
        took
    }));
}

fn measure_pair<R: Replica>(start: &str, edits: [&[Edit]; 2]) {
    say("time", median_of(|| {
        let mut pair = [R::new(FIRST_CLIENT), R::new(FIRST_CLIENT + 1)];
        if !start.is_empty() {
            let mut sent = Vec::new();
            pair[0].edit(&Edit(0, 0, start.to_string()), &mut sent);
            pair[1].apply(&sent[0]);
        }
        let mut sent = [Vec::new(), Vec::new()];
        let took = milliseconds(|| {
            for i in [0, 1] {
                for edit in edits[i] {
                    pair[i].edit(edit, &mut sent[i]);
                }
            }
            for i in [0, 1] {
                for update in &sent[1 - i] {
                    pair[i].apply(update);
                }
            }
        });
        require_equal(&pair[0], &pair[1]);
        took
    }));
}

fn measure_received<R: Replica>(updates: &[Vec<u8>]) {
    say("received one by one", median_of(|| {
        let mut reader = R::new(FIRST_CLIENT - 1);
        milliseconds(|| updates.iter().for_each(|update| reader.apply(update)))
    }));
}

fn option(name: &str) -> Option<String> {
    let mut arguments = std::env::args().skip_while(|a| a != name);
    arguments.nth(1)
}

/// Keeps a state for a process that begins with loading it.
fn save(state: &[u8]) {
    if let Some(path) = option("--save") {
        std::fs::write(path, state).unwrap();
    }
}

/// What whoever opens a document first sees: nothing is in a cache, and memory comes from the system.
fn measure_first_load<R: Replica>(path: &str) {
    let state = std::fs::read(path).unwrap();
    let took = milliseconds(|| {
        let loaded = R::load(&state);
        let text = loaded.text();
        (loaded, text)
    });
    say("load V1 and read, first in the process", took);
}

fn measure_trace<R: Replica>(edits: &[Edit]) -> (R, Vec<Vec<u8>>) {
    say("typed, nobody listens", median_of(|| {
        let mut author = R::new(FIRST_CLIENT);
        milliseconds(|| edits.iter().for_each(|edit| author.edit_quietly(edit)))
    }));
    say("typed", median_of(|| {
        let mut author = R::new(FIRST_CLIENT);
        let mut sent = Vec::new();
        milliseconds(|| {
            for edit in edits {
                author.edit(edit, &mut sent);
                sent.clear();
            }
        })
    }));
    let mut author = R::new(FIRST_CLIENT);
    let mut updates = Vec::new();
    edits.iter().for_each(|edit| author.edit(edit, &mut updates));
    say("bytes, all updates", updates.iter().map(Vec::len).sum::<usize>() as f64);
    let v1 = author.state();
    save(&v1);
    measure("encode V1", || author.state());
    measure("load V1 and read", || {
        let loaded = R::load(&v1);
        let text = loaded.text();
        (loaded, text)
    });
    let (resident, heap) = memory_of(|| {
        let loaded = R::load(&v1);
        loaded.text(); // some read lazily
        loaded
    });
    say("MB resident, loaded", resident);
    say("MB of heap, loaded", heap);
    say("bytes, V1", v1.len() as f64);
    measure_received::<R>(&updates);
    (author, updates)
}

fn measure_yrs_trace(edits: &[Edit]) {
    let (author, updates) = measure_trace::<YrsReplica>(edits);
    let (v1, v2) = (author.state(), author.state_v2());
    measure("encode V2", || author.state_v2());
    measure("load V2 and read", || {
        let loaded = YrsReplica::load_v2(&v2);
        let text = loaded.text();
        (loaded, text)
    });
    say("bytes, V2", v2.len() as f64);
    measure("state vector", || yrs::encode_state_vector_from_update_v1(&v1).unwrap());
    let half = {
        use yrs::updates::encoder::Encode;
        use yrs::{ReadTxn, StateVector, Transact};
        let full = author.doc.transact().state_vector();
        full.iter().map(|(client, clock)| (*client, *clock / 2)).collect::<StateVector>().encode_v1()
    };
    measure("difference to the half", || yrs::diff_updates_v1(&v1, &half).unwrap());
    for count in [1000, 10_000] {
        measure(&format!("merge {count} updates"), || yrs::merge_updates_v1(&updates[..count]).unwrap());
    }
}

fn measure_crowd(clients: usize, action: &str) {
    let mut updates = Vec::new();
    for i in 0..clients {
        YrsReplica::new((FIRST_CLIENT + i as u64 * 2_654_435_761) % 0x1_0000_0000).act(action, i, &mut updates);
    }
    let received = |apply: &dyn Fn(&mut YrsReplica)| {
        median_of(|| {
            let mut reader = YrsReplica::new(FIRST_CLIENT - 1);
            milliseconds(|| apply(&mut reader))
        })
    };
    say("one transaction", received(&|reader| reader.apply_all(&updates)));
    say("one by one", received(&|reader| updates.iter().for_each(|update| reader.apply(update))));
}

fn measure_numbers(edits: &Value) {
    let edits: Vec<(u32, u32, Vec<i64>)> = serde_json::from_value(edits.clone()).unwrap();
    say("time", median_of(|| {
        let (mut author, mut reader) = (YrsReplica::new(FIRST_CLIENT), YrsReplica::new(FIRST_CLIENT + 1));
        let mut sent = Vec::new();
        milliseconds(|| {
            for (at, _, numbers) in &edits {
                author.insert_numbers(*at, numbers, &mut sent);
                reader.apply(&sent.pop().unwrap());
            }
        })
    }));
}

/// Updates behind each other, each with its length as lib0 writes it.
fn read_updates(path: &str) -> Vec<Vec<u8>> {
    let bytes = std::fs::read(path).unwrap();
    let mut updates = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let (mut length, mut shift) = (0, 0);
        loop {
            let byte = bytes[at] as usize;
            at += 1;
            length |= (byte & 0x7f) << shift;
            shift += 7;
            if byte < 0x80 {
                break;
            }
        }
        updates.push(bytes[at..at + length].to_vec());
        at += length;
    }
    updates
}

fn measure_recorded(path: &str) {
    let updates = read_updates(path);
    measure_received::<YrsReplica>(&updates);
    let mut written = YrsReplica::new(FIRST_CLIENT);
    updates.iter().for_each(|update| written.apply(update));
    let state = written.state();
    save(&state);
    measure("load V1 and read", || YrsReplica::load(&state).text());
}

/// What needs a text only.
fn run<R: Replica>(workload: &Value) {
    match workload["kind"].as_str().unwrap() {
        "text" => measure_edits::<R>(&edits(&workload["edits"])),
        "pair" => {
            let both = [edits(&workload["edits"][0]), edits(&workload["edits"][1])];
            measure_pair::<R>(workload["start"].as_str().unwrap(), [&both[0], &both[1]]);
        }
        "trace" => {
            measure_trace::<R>(&edits(&workload["edits"]));
        }
        _ => {}
    }
}

fn run_yrs(workload: &Value, path: &str) {
    match workload["kind"].as_str().unwrap() {
        "numbers" => measure_numbers(&workload["edits"]),
        "crowd" => measure_crowd(
            workload["clients"].as_u64().unwrap() as usize,
            workload["action"].as_str().unwrap(),
        ),
        "trace" => measure_yrs_trace(&edits(&workload["edits"])),
        "concurrent" => measure_recorded(&format!("{path}.updates")),
        _ => run::<YrsReplica>(workload),
    }
}

/// Loads what was saved, if that is what was asked for.
fn first_load<R: Replica>() -> bool {
    let first = option("--first-load");
    if let Some(path) = &first {
        measure_first_load::<R>(path);
    }
    first.is_some()
}

fn main() {
    let contender = option("--contender").expect("--contender is missing");
    let loaded = match contender.as_str() {
        "yrs" => first_load::<YrsReplica>(),
        "diamond_types" => first_load::<diamond_replica::DiamondReplica>(),
        "loro" => first_load::<loro_replica::LoroReplica>(),
        "automerge" => first_load::<automerge_replica::AutomergeReplica>(),
        other => panic!("no contender {other}"),
    };
    if loaded {
        return;
    }
    let path = option("--workload").expect("--workload is missing");
    let workload: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    match contender.as_str() {
        "yrs" => run_yrs(&workload, &path),
        "diamond_types" => run::<diamond_replica::DiamondReplica>(&workload),
        "loro" => run::<loro_replica::LoroReplica>(&workload),
        _ => run::<automerge_replica::AutomergeReplica>(&workload),
    }
}
