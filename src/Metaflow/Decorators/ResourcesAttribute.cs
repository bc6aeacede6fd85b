using Metaflow.Decorators;
using Metaflow.Errors;
using Metaflow.Graph;
using Metaflow.Graph.Rules;

namespace Metaflow;

/// <summary>Declares what a task of a step needs. On this machine, a task starts only when the declared processors and memory are free.
/// On a back end, the task gets what it asks for.</summary>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
public sealed class ResourcesAttribute : DecoratorAttribute, ILaunchHook
{
    private double? _cpu;
    private int? _memoryMB;
    private int? _gpu;
    private int? _diskMB;
    private int? _sharedMemoryMB;

    /// <summary>Gets or sets the processors. The default is 1.</summary>
    public double Cpu { get => _cpu ?? 1; set => _cpu = value; }

    /// <summary>Gets or sets the number of GPUs. The default is 0. They are not counted locally.</summary>
    public int Gpu { get => _gpu ?? 0; set => _gpu = value; }

    /// <summary>Gets or sets the disk in MB. The default is 0, which means all that is available. It is not counted locally.</summary>
    public int DiskMB { get => _diskMB ?? 0; set => _diskMB = value; }

    /// <summary>Gets or sets the memory in MB of 1,048,576 bytes. The default is 4096. It is counted and enforced locally only if it is
    /// written.</summary>
    public int MemoryMB { get => _memoryMB ?? 4096; set => _memoryMB = value; }

    /// <summary>Gets or sets the shared memory in MB. The default is 0, which means the back end's default. It is not counted
    /// locally.</summary>
    public int SharedMemoryMB { get => _sharedMemoryMB ?? 0; set => _sharedMemoryMB = value; }

    /// <inheritdoc/>
    public override string DecoratorName => "resources";

    /// <summary>Gets what a task takes of this machine: only what was written counts.</summary>
    internal TaskDemand Demand => new(_cpu ?? 0, _memoryMB ?? 0);

    /// <inheritdoc/>
    public override IReadOnlyList<KeyValuePair<string, object?>> ToData() =>
    [
        new("cpu", _cpu is { } cpu ? (cpu == Math.Floor(cpu) ? (long)cpu : cpu) : "1"),
        new("gpu", _gpu),
        new("disk", _diskMB),
        new("memory", _memoryMB is { } memory ? memory : "4096"),
        new("shared_memory", _sharedMemoryMB),
    ];

    /// <inheritdoc/>
    public override IEnumerable<GraphProblem> Check(StepNode step, FlowGraph graph)
        => StepProblem.Of(step, subject => DecoratorRules.CheckResources(
            subject, [new(nameof(Cpu), Cpu), new(nameof(MemoryMB), MemoryMB)],
            [new(nameof(Gpu), Gpu), new(nameof(DiskMB), DiskMB), new(nameof(SharedMemoryMB), SharedMemoryMB)]));

    /// <inheritdoc/>
    void ILaunchHook.BeforeLaunch(LaunchHookContext context) => context.MemoryLimitMB = _memoryMB;
}
