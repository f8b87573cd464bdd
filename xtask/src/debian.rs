//! Installs packages on Debian, where this process is root or may become it without a password.

use std::{fs, path::Path, process::Command};

use anyhow::Result;

use crate::command::{run, stdout};

/// Root's rights on a Debian machine.
pub struct Debian {
    sudo: bool,
}

impl Debian {
    /// `None` if the machine is not Debian, or becoming root takes a password.
    pub fn detect() -> Option<Self> {
        let release = fs::read_to_string("/etc/os-release").ok()?;
        if !release.lines().any(|line| line == "ID=debian")
            || !Path::new("/usr/bin/apt-get").exists()
        {
            return None;
        }
        if stdout(Command::new("id").arg("-u"))? == "0" {
            return Some(Self { sudo: false });
        }
        stdout(Command::new("sudo").args(["-n", "true"]))?;
        Some(Self { sudo: true })
    }

    /// A command that runs as root.
    pub fn command(&self, program: &str) -> Command {
        if self.sudo {
            let mut command = Command::new("sudo");
            command.args(["-n", program]);
            command
        } else {
            Command::new(program)
        }
    }

    /// Installs packages without their recommendations.
    pub fn install(&self, packages: &[&str]) -> Result<()> {
        // A stale list may still hold the packages, so its failure is left to the install.
        if let Err(error) = run(self.command("apt-get").arg("update")) {
            eprintln!("warning: {error:#}");
        }
        run(self
            .command("env")
            .args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "install"])
            .args(["--yes", "--no-install-recommends"])
            .args(packages))
    }
}
