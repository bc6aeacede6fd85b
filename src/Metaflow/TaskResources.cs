namespace Metaflow;

/// <summary>What a task may use, as its step's <see cref="ResourcesAttribute"/> says.</summary>
/// <param name="Cpu">The processors.</param>
/// <param name="MemoryMB">The memory in MB of 1,048,576 bytes.</param>
/// <param name="Gpu">The graphics processors.</param>
/// <param name="DiskMB">The disk in MB; 0 for what there is.</param>
public sealed record TaskResources(double Cpu, int MemoryMB, int Gpu, int DiskMB);
