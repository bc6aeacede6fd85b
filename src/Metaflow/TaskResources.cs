namespace Metaflow;

/// <summary>The resources that a task may use, from <see cref="ResourcesAttribute"/> of its step.</summary>
/// <param name="Cpu">The processors.</param>
/// <param name="MemoryMB">The memory in MB of 1,048,576 bytes.</param>
/// <param name="Gpu">The number of GPUs.</param>
/// <param name="DiskMB">The disk in MB; 0 means all that is available.</param>
public sealed record TaskResources(double Cpu, int MemoryMB, int Gpu, int DiskMB);
