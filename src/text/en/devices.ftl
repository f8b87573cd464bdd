# The device that trains, and why.

device-auto = Choose for me
device-fastest = Fastest (measured)
device-gpu = GPU (WebGPU)
device-cpu = CPU
device-about = The device that trains. If you have a GPU, a few steps are timed on both and the faster one is used. “Fastest (measured)” includes software GPUs. Results are identical on every CPU and nearly identical on a GPU.

badge-not-yet = Not started
badge-workers = { $device }, { $count ->
    [one] { $count } worker
   *[other] { $count } workers
}
badge-cpu = CPU
badge-cpu-chosen = CPU: as chosen
badge-cpu-no-webgpu = CPU: no WebGPU in this browser
badge-cpu-no-adapter = CPU: WebGPU finds no GPU here
badge-cpu-software = CPU: the GPU is emulated in software, which is slower
badge-cpu-preparing = CPU: the GPU is being prepared
badge-cpu-before-comparison = CPU: will be compared with the GPU before the next run
badge-cpu-faster = CPU: { $times } times as fast as the GPU here
badge-cpu-silent = CPU: the GPU did not answer within { $seconds } seconds
badge-cpu-failed = CPU: { $reason }
badge-gpu = GPU: { $name }
badge-gpu-faster = GPU: { $name }, { $times } times as fast as the CPU here
adapter-unnamed = adapter without a name

loading-looking = Looking for a device to train on.
loading-cpu = Loading the training program.
loading-gpu = Loading the training program for the GPU. It is the larger of two.
warm-up-adapter = asking for the GPU
check-odd-product = odd matrix product
check-large-product = large matrix product
check-reduction = sum over an axis
check-softmax = softmax
check-loss = loss
check-accuracy = accuracy
check-training-step = training step
check-reference-step = training step in tensor operations
loading-warm-up = Warming up ({ $part } of { $parts }): { $what }.
loading-comparing = Timing a few steps on the CPU and on the GPU.
