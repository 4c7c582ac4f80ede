use std::io::Write;
use std::time::{Duration, Instant};

/// Prints a figure at once, so that what is slow does not cost the rest.
pub fn say(name: &str, value: f64) {
    println!("{{\"{name}\": {value}}}");
    std::io::stdout().flush().unwrap();
}

pub fn milliseconds<T>(work: impl FnOnce() -> T) -> f64 {
    let start = Instant::now();
    let made = work();
    let took = start.elapsed();
    drop(made);
    took.as_secs_f64() * 1e3
}

/// The median of up to 15 runs, in one second. A run returns what it took: it can prepare what is not to be counted.
pub fn median_of(mut run: impl FnMut() -> f64) -> f64 {
    let end = Instant::now() + Duration::from_secs(1);
    let mut took = vec![run()];
    while took.len() < 15 && Instant::now() < end {
        took.push(run());
    }
    took.sort_by(f64::total_cmp);
    took[took.len() / 2]
}

pub fn measure<T>(name: &str, mut work: impl FnMut() -> T) {
    say(name, median_of(|| milliseconds(&mut work)));
}

fn memory_now() -> (f64, f64) {
    unsafe { libc::malloc_trim(0) }; // or what was freed before would be used again, and cost nothing
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: f64 = statm.split(' ').nth(1).unwrap().parse().unwrap();
    let heap = unsafe { libc::mallinfo2() };
    (pages * 4096.0 / 1e6, (heap.uordblks + heap.hblkhd) as f64 / 1e6)
}

/// What one of twenty more of them takes: resident and of the heap, in megabytes.
pub fn memory_of<T>(make: impl Fn() -> T) -> (f64, f64) {
    let before = memory_now();
    let all: Vec<T> = (0..20).map(|_| make()).collect();
    let after = memory_now();
    drop(all);
    ((after.0 - before.0) / 20.0, (after.1 - before.1) / 20.0)
}
