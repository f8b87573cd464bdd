//! How CubeCL launches a kernel written in WGSL, and records launches.
//!
//! CubeCL accepts a kernel as text, and the browser's compiler sees that text unchanged. CubeCL
//! keeps the buffers, the order and the submission, so our kernels and burn's operations run in the
//! order in which they are queued.

use std::sync::Arc;

use burn::cubecl::client::{Client, Graph};
use burn::cubecl::ir::metadata::Info;
use burn::cubecl::ir::settings::Dim3;
use burn::cubecl::ir::{ElemType, Scope, UIntKind};
use burn::cubecl::prelude::{
    AddressType, CubeCount, ExecutionMode, KernelDefinition, KernelId, KernelMetadata,
    KernelSettings,
};
use burn::cubecl::server::{Handle, KernelArguments};
use burn::cubecl::{CubeKernel, PrecompiledSource};

use super::text::KernelSource;

/// CubeCL's name for the language of the kernels.
pub(super) const LANGUAGE: &str = "wgsl";

/// A kernel with its buffers, ready to be queued.
pub(super) struct Launch {
    kernel: Kernel,
    workgroups: [u32; 3],
    buffers: Vec<Handle>,
}

impl Launch {
    /// The handles are bound in order.
    pub(super) fn new(source: KernelSource, buffers: Vec<Handle>) -> Self {
        let kernel = Kernel { text: source.text.into(), workgroup_size: source.workgroup_size };
        Self { kernel, workgroups: source.workgroups, buffers }
    }

    pub(super) fn queue(&self, client: &Client) {
        let bindings = self.buffers.iter().map(|handle| handle.clone().binding()).collect();
        let [x, y, z] = self.workgroups;
        client.launch(
            Box::new(self.kernel.clone()),
            CubeCount::Static(x, y, z),
            KernelArguments::new().with_buffers(bindings),
        );
    }
}

/// Launches that are queued over and over, as one where the backend can record them.
pub(super) struct Recorded {
    launches: Vec<Launch>,
    recording: Recording,
}

enum Recording {
    NotTried,
    Unsupported,
    Done(Graph),
}

impl Recorded {
    pub(super) fn new(launches: Vec<Launch>) -> Self {
        Self { launches, recording: Recording::NotTried }
    }

    /// Number of launches.
    pub(super) fn count(&self) -> usize {
        self.launches.len()
    }

    /// Whether the launches are replayed as one. Known after the first call of
    /// [`Recorded::replay`].
    pub(super) fn is_recorded(&self) -> bool {
        matches!(self.recording, Recording::Done(_))
    }

    /// Queues all launches.
    pub(super) fn replay(&mut self, client: &Client) {
        if let Recording::NotTried = self.recording {
            self.recording = self.record(client).map_or(Recording::Unsupported, Recording::Done);
        }
        let replayed = match &self.recording {
            Recording::Done(graph) => replay(graph),
            _ => false,
        };
        if !replayed {
            self.launches.iter().for_each(|launch| launch.queue(client));
        }
    }

    fn record(&self, client: &Client) -> Option<Graph> {
        client.graph_prepare().ok()?;
        client.start_capture().ok()?;
        self.launches.iter().for_each(|launch| launch.queue(client));
        client.stop_capture().ok()
    }
}

#[expect(
    unsafe_code,
    reason = "CubeCL cannot know that the buffers of a recording are still there"
)]
fn replay(graph: &Graph) -> bool {
    // SAFETY: `Recorded` holds the handles of all buffers as long as the recording. Everything that
    // writes or reads them goes through the same client, in order.
    unsafe { graph.replay() }.is_ok()
}

/// A kernel as CubeCL takes it.
#[derive(Clone, Debug)]
struct Kernel {
    text: Arc<str>,
    /// Invocations of a workgroup along x and y.
    workgroup_size: [u32; 2],
}

impl Kernel {
    fn dim(&self) -> Dim3 {
        Dim3::new_2d(self.workgroup_size[0], self.workgroup_size[1])
    }
}

impl KernelMetadata for Kernel {
    fn id(&self) -> KernelId {
        KernelId::new::<Self>().cube_dim(self.dim()).info(Arc::clone(&self.text))
    }

    fn address_type(&self) -> ElemType {
        UIntKind::U32.into()
    }
}

impl CubeKernel for Kernel {
    /// CubeCL asks for a definition but never compiles it, because there is a source.
    fn define(&self) -> KernelDefinition {
        let settings = KernelSettings::new(self.dim(), ExecutionMode::Checked, AddressType::U32);
        KernelDefinition { body: Scope::root(settings.clone()), settings, info: Info::default() }
    }

    fn source(&self) -> Option<PrecompiledSource> {
        Some(PrecompiledSource {
            source: self.text.to_string(),
            entrypoint_name: "main".to_owned(),
            lang: LANGUAGE,
        })
    }
}
