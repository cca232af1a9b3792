//! Standard output.

use std::io::{self, BufWriter, ErrorKind, Write};

/// Standard output, without colours if it is not a terminal or they are not wanted.
///
/// A reader that goes away (`assize rules | head`) is no error and changes no exit status: the rest is written to nobody. Any other
/// error is kept for [`Output::finish`].
pub(super) struct Output {
    out: BufWriter<anstream::AutoStream<io::Stdout>>,
    broken: bool,
    error: Option<io::Error>,
}

impl Output {
    pub(super) fn new() -> Output {
        Output { out: BufWriter::new(anstream::stdout()), broken: false, error: None }
    }

    /// Writes `text` as it is.
    pub(super) fn text(&mut self, text: &str) {
        if !self.broken {
            let result = self.out.write_all(text.as_bytes());
            self.note(result);
        }
    }

    /// Writes `text` and a line feed.
    pub(super) fn line(&mut self, text: &str) {
        self.text(text);
        self.text("\n");
    }

    /// Writes out what is held back.
    pub(super) fn flush(&mut self) {
        if !self.broken {
            let result = self.out.flush();
            self.note(result);
        }
    }

    /// Flushes, and says whether everything was written.
    pub(super) fn finish(&mut self) -> io::Result<()> {
        self.flush();
        self.error.take().map_or(Ok(()), Err)
    }

    fn note(&mut self, result: io::Result<()>) {
        if let Err(error) = result {
            self.broken = true;
            if error.kind() != ErrorKind::BrokenPipe {
                self.error = Some(error);
            }
        }
    }
}
