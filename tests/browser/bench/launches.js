// Counts GPU launches in `self.launches`. Must run before a library keeps the functions counted here.

self.launches = 0;
if (self.GPUComputePassEncoder) {
  for (const name of ["dispatchWorkgroups", "dispatchWorkgroupsIndirect"]) {
    const launch = GPUComputePassEncoder.prototype[name];
    GPUComputePassEncoder.prototype[name] = function (...sizes) {
      self.launches += 1;
      return launch.apply(this, sizes);
    };
  }
}
