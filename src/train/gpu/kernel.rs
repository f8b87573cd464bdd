//! A kernel in WGSL, and how CubeCL launches it.
//!
//! CubeCL takes a kernel as text as well as in its own language; the text is then all that the
//! browser's compiler sees. Buffers, order and submission stay CubeCL's, so that kernels and burn's
//! own operations follow each other as they are written.

use std::sync::Arc;

use burn::cubecl::client::Client;
use burn::cubecl::ir::metadata::Info;
use burn::cubecl::ir::settings::Dim3;
use burn::cubecl::ir::{ElemType, Scope, UIntKind};
use burn::cubecl::prelude::{
    AddressType, CubeCount, ExecutionMode, KernelDefinition, KernelId, KernelMetadata,
    KernelSettings,
};
use burn::cubecl::server::{Handle, KernelArguments};
use burn::cubecl::{CubeKernel, PrecompiledSource};

/// The language of the kernels, by CubeCL's name.
pub(super) const LANGUAGE: &str = "wgsl";

/// A kernel's text and the size of its workgroups.
#[derive(Clone, Debug)]
pub(super) struct Kernel {
    pub(super) text: Arc<str>,
    /// Invocations of a workgroup along x and y.
    pub(super) group: [u32; 2],
}

impl Kernel {
    /// Queues the kernel over that many workgroups; the handles are bound in order.
    pub(super) fn launch(&self, client: &Client, groups: [u32; 3], buffers: &[Handle]) {
        let bindings = buffers.iter().map(|handle| handle.clone().binding()).collect();
        let [x, y, z] = groups;
        client.launch(
            Box::new(self.clone()),
            CubeCount::Static(x, y, z),
            KernelArguments::new().with_buffers(bindings),
        );
    }

    fn dim(&self) -> Dim3 {
        Dim3::new_2d(self.group[0], self.group[1])
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
    /// Asked for, but never compiled: the text stands in for it.
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
