//! One direction of a connection.

use std::time::Duration;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::tcp::{ReadHalf, WriteHalf},
    sync::watch::Receiver,
    time::sleep,
};

use crate::{connection::Cut, fault::Fault};

/// What a direction carries.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Requests,
    Answers,
}

pub(crate) struct Direction<'a> {
    role: Role,
    from: ReadHalf<'a>,
    to: WriteHalf<'a>,
    faults: Receiver<Fault>,
    /// The number of bytes that have passed since the fault truncates.
    passed: usize,
}

/// What may happen to bytes now.
enum Verdict {
    /// This number of bytes may pass.
    Pass(usize),
    /// They wait for another fault.
    Hold,
    /// They wait for this long, or for another fault.
    Wait(Duration),
    Drop,
}

impl<'a> Direction<'a> {
    pub(crate) const fn new(
        role: Role,
        from: ReadHalf<'a>,
        to: WriteHalf<'a>,
        faults: Receiver<Fault>,
    ) -> Self {
        Self { role, from, to, faults, passed: 0 }
    }

    /// Carries bytes to the end of this direction.
    pub(crate) async fn carry(mut self) -> Result<(), Cut> {
        let mut buffer = vec![0; 16 * 1_024];
        loop {
            let count = self.read(&mut buffer).await?;
            self.pass(buffer.get(..count).unwrap_or_default()).await?;
            if count == 0 {
                self.to.shutdown().await?;
                return Ok(());
            }
        }
    }

    /// Waits for bytes, or for a fault that ends the connection without them.
    async fn read(&mut self, buffer: &mut [u8]) -> Result<usize, Cut> {
        loop {
            let fault = *self.faults.borrow_and_update();
            match fault {
                Fault::Reset | Fault::Refuse => return Err(Cut::Reset),
                Fault::HalfClose if self.role == Role::Answers => self.to.shutdown().await?,
                Fault::None
                | Fault::Delay(_)
                | Fault::BlackHole
                | Fault::HalfClose
                | Fault::Truncate(_)
                | Fault::Garbage => {}
            }
            tokio::select! {
                biased;
                changed = self.faults.changed() => changed?,
                count = self.from.read(buffer) => return Ok(count?),
            }
        }
    }

    /// Writes bytes as the fault allows, which may change meanwhile. No bytes mean the end.
    async fn pass(&mut self, mut bytes: &[u8]) -> Result<(), Cut> {
        let mut is_late = false;
        loop {
            let fault = *self.faults.borrow_and_update();
            match self.verdict(fault, bytes.len(), is_late)? {
                Verdict::Pass(0) | Verdict::Drop => return Ok(()),
                Verdict::Pass(count) => {
                    let written = self.write(bytes.get(..count).unwrap_or_default()).await?;
                    bytes = bytes.get(written..).unwrap_or_default();
                }
                Verdict::Hold => self.faults.changed().await?,
                Verdict::Wait(delay) => tokio::select! {
                    changed = self.faults.changed() => changed?,
                    () = sleep(delay) => is_late = true,
                },
            }
        }
    }

    /// Writes some of the bytes; none if the fault has changed.
    async fn write(&mut self, bytes: &[u8]) -> Result<usize, Cut> {
        tokio::select! {
            biased;
            changed = self.faults.changed() => {
                changed?;
                self.faults.mark_changed();
                Ok(0)
            }
            written = self.to.write(bytes) => {
                let written = written?;
                self.passed += written;
                Ok(written)
            }
        }
    }

    fn verdict(&mut self, fault: Fault, count: usize, is_late: bool) -> Result<Verdict, Cut> {
        if !matches!(fault, Fault::Truncate(_)) {
            self.passed = 0;
        }
        match (fault, self.role) {
            (Fault::Reset | Fault::Refuse, _) => Err(Cut::Reset),
            (Fault::Garbage, _) => Err(Cut::Garbage),
            (Fault::BlackHole, _) => Ok(Verdict::Hold),
            (Fault::HalfClose, Role::Answers) => Ok(Verdict::Drop),
            (Fault::Truncate(length), Role::Answers) if length <= self.passed => Err(Cut::Close),
            (Fault::Truncate(length), Role::Answers) => {
                Ok(Verdict::Pass(count.min(length - self.passed)))
            }
            (Fault::Delay(delay), Role::Answers) if !is_late => Ok(Verdict::Wait(delay)),
            (Fault::None | Fault::Delay(_), _)
            | (Fault::HalfClose | Fault::Truncate(_), Role::Requests) => Ok(Verdict::Pass(count)),
        }
    }
}
