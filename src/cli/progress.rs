//! How far a history is: a bar on a terminal, a line now and then elsewhere; always on standard error.

use crate::scan;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often a bar is drawn.
const FRAME: Duration = Duration::from_millis(100);
/// A run that is shorter shows no bar.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often a line is written where there is no terminal.
const LINE: Duration = Duration::from_secs(10);

/// Shows how far a scan is until it is dropped.
pub struct Progress {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Shared {
    counts: Counts,
    over: Mutex<bool>,
    bell: Condvar,
}

#[derive(Default)]
struct Counts {
    expected: AtomicU64,
    objects: AtomicU64,
    bytes: AtomicU64,
    /// When the first object was expected.
    since: Mutex<Option<Instant>>,
}

/// What is shown, at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Moment {
    expected: u64,
    objects: u64,
    bytes: u64,
    /// Since the first object was expected.
    elapsed: Duration,
}

impl Progress {
    /// A bar.
    pub fn bar() -> Self {
        Self::start(|shared| {
            if shared.over_within(PATIENCE) {
                return;
            }
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            bar.set_style(ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| style()));
            let mut counting = false;
            loop {
                let moment = shared.counts.now();
                if moment.expected > 0 && !counting {
                    counting = true;
                    bar.set_style(style());
                }
                bar.set_length(moment.expected);
                bar.set_position(moment.objects.min(moment.expected));
                bar.set_message(moment.to_string());
                bar.tick();
                if shared.over_within(FRAME) {
                    return bar.finish_and_clear();
                }
            }
        })
    }

    /// Lines, each handed to `write`.
    pub fn lines(write: impl Fn(&str) + Send + 'static) -> Self {
        Self::lines_every(LINE, write)
    }

    fn lines_every(every: Duration, write: impl Fn(&str) + Send + 'static) -> Self {
        Self::start(move |shared| {
            while !shared.over_within(every) {
                write(&format!("keyward: {}\n", shared.counts.now()));
            }
        })
    }

    fn start(show: impl FnOnce(&Shared) + Send + 'static) -> Self {
        let shared = Arc::new(Shared::default());
        let its = Arc::clone(&shared);
        Self { shared, thread: Some(std::thread::spawn(move || show(&its))) }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        *self.shared.over.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.shared.bell.notify_all();
        if let Some(thread) = self.thread.take() {
            // What it shows is no part of the result.
            _ = thread.join();
        }
    }
}

impl scan::Progress for Progress {
    fn expect(&self, objects: u64) {
        let counts = &self.shared.counts;
        counts.since.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(Instant::now);
        counts.expected.fetch_add(objects, Ordering::Relaxed);
    }

    fn visited(&self, bytes: u64) {
        self.shared.counts.objects.fetch_add(1, Ordering::Relaxed);
        self.shared.counts.bytes.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Shared {
    /// Waits so long, or until the scan is over: then it is true.
    fn over_within(&self, time: Duration) -> bool {
        let over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.bell.wait_timeout_while(over, time, |over| !*over);
        *waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

impl Counts {
    fn now(&self) -> Moment {
        let since = *self.since.lock().unwrap_or_else(PoisonError::into_inner);
        Moment {
            expected: self.expected.load(Ordering::Relaxed),
            objects: self.objects.load(Ordering::Relaxed),
            bytes: self.bytes.load(Ordering::Relaxed),
            elapsed: since.map_or(Duration::ZERO, |since| since.elapsed()),
        }
    }
}

impl Moment {
    /// Seconds left, if those to come take as long as those before.
    fn left(&self) -> Option<u64> {
        let rest = self.expected.checked_sub(self.objects)?;
        let each = self.elapsed.as_secs_f64() / (self.objects.max(1) as f64);
        (self.objects > 0).then(|| (each * rest as f64).ceil() as u64)
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.expected == 0 {
            return write!(f, "looking for what there is to scan");
        }
        let (objects, expected) = (HumanCount(self.objects), HumanCount(self.expected));
        write!(f, "{objects} of {expected} objects")?;
        // A range counts its commits only.
        if self.bytes > 0 {
            write!(f, ", {} read", HumanBytes(self.bytes))?;
        }
        match self.left() {
            Some(left) if left >= 60 => write!(f, ", about {} min {} s left", left / 60, left % 60),
            Some(left) => write!(f, ", about {left} s left"),
            None => Ok(()),
        }
    }
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{wide_bar} {msg}");
    style.unwrap_or_else(|_| ProgressStyle::default_bar()).progress_chars("=> ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::Progress as _;
    use std::sync::mpsc;

    fn moment(objects: u64, elapsed: u64) -> Moment {
        Moment { expected: 20_000, objects, bytes: 3 << 20, elapsed: Duration::from_secs(elapsed) }
    }

    #[test]
    fn a_line_tells_objects_bytes_and_the_time_left() {
        let told = |objects, elapsed| moment(objects, elapsed).to_string();
        assert_eq!(told(5_000, 30), "5,000 of 20,000 objects, 3.00 MiB read, about 1 min 30 s left");
        assert_eq!(told(19_999, 10), "19,999 of 20,000 objects, 3.00 MiB read, about 1 s left");
        assert_eq!(told(0, 30), "0 of 20,000 objects, 3.00 MiB read");
        let before = Moment { expected: 0, objects: 0, bytes: 0, elapsed: Duration::ZERO };
        assert_eq!(before.to_string(), "looking for what there is to scan");
    }

    #[test]
    fn lines_are_written_while_it_lasts_and_none_behind_its_end() {
        let (sender, lines) = mpsc::channel();
        let progress = Progress::lines_every(Duration::from_millis(1), move |line| _ = sender.send(line.to_owned()));
        assert_eq!(lines.recv().unwrap(), "keyward: looking for what there is to scan\n");
        progress.expect(2);
        progress.visited(1000);
        while !lines.recv().unwrap().starts_with("keyward: 1 of 2 objects, 1000 B read") {}
        drop(progress);
        // The sender is gone with the thread.
        assert!(lines.iter().count() < 1_000_000);
    }

    #[test]
    fn a_short_run_writes_no_line() {
        let (sender, lines) = mpsc::channel();
        drop(Progress::lines(move |line| _ = sender.send(line.to_owned())));
        assert_eq!(lines.iter().count(), 0);
    }
}
