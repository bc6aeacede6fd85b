using System.Globalization;
using Metaflow.Errors;

namespace Metaflow.Decorators;

/// <summary>What a task takes of this machine while it runs, or what the machine has.</summary>
/// <param name="Cpu">Processors.</param>
/// <param name="MemoryMB">Memory in MB.</param>
internal readonly record struct TaskDemand(double Cpu, long MemoryMB)
{
    private const string CpuVariable = "METAFLOW_LOCAL_CPUS";
    private const string MemoryVariable = "METAFLOW_LOCAL_MEMORY";
    private const long Megabyte = 1024 * 1024;

    /// <summary>Gets an empty demand, or a machine without limits.</summary>
    public static TaskDemand Unlimited { get; } = new(double.PositiveInfinity, long.MaxValue);

    /// <summary>Gets a value indicating whether nothing is asked for.</summary>
    public bool IsNone => Cpu <= 0 && MemoryMB <= 0;

    /// <summary>Returns what several tasks take together.</summary>
    /// <param name="count">How many.</param>
    /// <returns>The product.</returns>
    public TaskDemand Times(int count) => new(Cpu * count, MemoryMB * count);

    /// <summary>Returns what remains without another one.</summary>
    /// <param name="other">The other.</param>
    /// <returns>The difference.</returns>
    public TaskDemand Minus(TaskDemand other) => new(Cpu - other.Cpu, MemoryMB - other.MemoryMB);

    /// <summary>Returns true if it is within a capacity.</summary>
    /// <param name="capacity">The capacity.</param>
    /// <returns>Whether neither number is larger.</returns>
    public bool FitsIn(TaskDemand capacity) => Cpu <= capacity.Cpu + 1e-9 && MemoryMB <= capacity.MemoryMB;

    /// <summary>Returns the demand, cut to a capacity: who asks for more than there is gets all of it.</summary>
    /// <param name="capacity">The capacity.</param>
    /// <returns>The demand that can be met.</returns>
    public TaskDemand CutTo(TaskDemand capacity) => new(Math.Min(Cpu, capacity.Cpu), Math.Min(MemoryMB, capacity.MemoryMB));

    /// <summary>Returns what this machine has: what the settings say, else what the runtime sees.</summary>
    /// <param name="settings">The settings by name.</param>
    /// <returns>The capacity.</returns>
    /// <exception cref="ConfigurationException">MF2052: a setting is not an amount.</exception>
    public static TaskDemand OfMachine(IReadOnlyDictionary<string, string> settings) => new(
        Number(settings, CpuVariable) ?? Environment.ProcessorCount,
        (long)(Number(settings, MemoryVariable) ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / Megabyte));

    private static double? Number(IReadOnlyDictionary<string, string> settings, string name)
    {
        if (!settings.TryGetValue(name, out var text) || text.Length == 0)
        {
            return null;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new ConfigurationException(
                ErrorCodes.LocalCapacityInvalid,
                $"Invalid value for '{name}': '{text}' is not a valid amount.",
                $"It says how many {(name == CpuVariable ? "processors" : "MB of memory")} tasks on this machine may use together.",
                $"Set {name} to a number above 0, or unset it.")
            { ExitCode = ExitCodes.Usage };
    }
}
