//! Reading from the device that computes, and waiting for it.
//!
//! Both are asynchronous, because a browser's GPU answers only between two tasks of its thread.

use burn::tensor::{Int, Tensor};

/// Why the device did not answer.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DeviceError {
    /// Reading a tensor back failed: the device was lost, or a kernel before the read failed. Holds
    /// the driver's words.
    #[error("the device did not return the measurements: {0}")]
    Read(String),
}

/// The numbers of a tensor in row-major order, once the device has computed them.
///
/// # Errors
/// If the device was lost.
pub(crate) async fn read<const D: usize>(tensor: Tensor<D>) -> Result<Vec<f32>, DeviceError> {
    let data = tensor.into_data_async().await.map_err(|e| DeviceError::Read(e.to_string()))?;
    data.try_into_vec::<f32>().map_err(|e| DeviceError::Read(format!("{e:?}")))
}

/// The same for indices of classes.
///
/// # Errors
/// If the device was lost.
pub(crate) async fn read_indices<const D: usize>(
    tensor: Tensor<D, Int>,
) -> Result<Vec<u32>, DeviceError> {
    // Integers differ in size between backends; floats hold every class exactly.
    Ok(read(tensor.float()).await?.into_iter().map(|index| index as u32).collect())
}

/// Waits until the device has computed a tensor, by reading its first number.
///
/// # Errors
/// If the device was lost.
pub(crate) async fn settle<const D: usize>(tensor: Tensor<D>) -> Result<(), DeviceError> {
    read(tensor.slice([(); D].map(|()| 0..1))).await.map(drop)
}
