using Metaflow.Serialization;

namespace Metaflow.Artifacts;

/// <summary>The artifact <c>_parallel_ubf_iter</c>: on disk Python Metaflow's object that says how many tasks a gang has.</summary>
internal static class GangIterator
{
    private const string Module = "metaflow.flowspec";
    private const string ClassName = "ParallelUBF";
    private const string Field = "num_parallel";

    /// <summary>Makes the value.</summary>
    /// <param name="size">How many tasks the gang has.</param>
    /// <returns>The instance as plain data.</returns>
    public static PythonObject Of(int size) => new(Module, ClassName, [], new Dictionary<string, object?> { [Field] = (long)size });

    /// <summary>Reads the value.</summary>
    /// <param name="value">The artifact as plain data.</param>
    /// <returns>The size of the gang, or <see langword="null"/> when the value is of another form.</returns>
    public static int? SizeOf(object? value)
        => value is PythonObject { Module: Module, Name: ClassName } stored && stored.Fields.GetValueOrDefault(Field) is long size
            ? (int)size
            : null;
}
