//! A sign of life on stderr while a scan takes its time; nothing where stderr is no terminal.

use super::Context;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::{self, IsTerminal};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// A scan that is over sooner shows nothing.
const PATIENCE: Duration = Duration::from_millis(300);
const TICK: Duration = Duration::from_millis(100);

/// Shown until it is stopped.
pub(super) struct Progress(Option<Shown>);

struct Shown {
    stop: mpsc::Sender<()>,
    thread: JoinHandle<()>,
}

impl Progress {
    pub(super) fn start(context: &Context) -> Self {
        let dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        if context.quiet || dumb || !io::stderr().is_terminal() {
            return Progress(None);
        }
        let (stop, stopped) = mpsc::channel();
        let thread = thread::spawn(move || {
            if stopped.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout) {
                return;
            }
            let bar = ProgressBar::new_spinner().with_message("searching").with_style(style());
            while stopped.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
                bar.tick();
            }
            bar.finish_and_clear();
        });
        Progress(Some(Shown { stop, thread }))
    }

    /// Takes it away before anything else is written.
    pub(super) fn stop(self) {
        if let Some(Shown { stop, thread }) = self.0 {
            let _ = stop.send(());
            let _ = thread.join();
        }
    }
}

fn style() -> ProgressStyle {
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}");
    style.unwrap_or_else(|_| ProgressStyle::default_spinner())
}
