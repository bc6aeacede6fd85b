namespace Metaflow.Serialization;

/// <summary>Turns failures into Python Metaflow's <c>MetaflowExceptionWrapper</c> and back. The cause is kept as one more
/// field.</summary>
internal static class StepFailureEncoding
{
    internal const string ClassName = $"{Module}.{Name}";
    private const string Module = "metaflow.exception";
    private const string Name = "MetaflowExceptionWrapper";

    /// <summary>Returns a failure as it is stored.</summary>
    /// <param name="failure">The failure.</param>
    /// <returns>The instance of Python Metaflow's class.</returns>
    public static PythonObject ToPython(StepFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return new PythonObject(Module, Name, [null], Fields(failure), isCall: true);
    }

    /// <summary>Reads a failure.</summary>
    /// <param name="stored">A value as plain data.</param>
    /// <returns>The failure, or <see langword="null"/> when the value is not an instance of Python Metaflow's class.</returns>
    public static StepFailure? FromPython(object? stored) =>
        stored is PythonObject { Module: Module, Name: Name } instance ? FromFields(instance.Fields, 0) : null;

    private static Dictionary<object, object?> Fields(StepFailure failure)
    {
        var fields = new Dictionary<object, object?>
        {
            ["exception"] = failure.Message,
            ["type"] = failure.Type,
            ["stacktrace"] = failure.StackTrace,
        };
        if (failure.Inner is not null)
        {
            fields["inner"] = Fields(failure.Inner);
        }

        return fields;
    }

    private static StepFailure FromFields(IReadOnlyDictionary<string, object?> fields, int depth) => new(
        fields.GetValueOrDefault("type") as string ?? string.Empty,
        fields.GetValueOrDefault("exception") as string ?? string.Empty,
        fields.GetValueOrDefault("stacktrace") as string,
        depth < 32 && fields.GetValueOrDefault("inner") is Dictionary<object, object?> inner
            ? FromFields(new PythonObject(Module, Name, [], inner).Fields, depth + 1)
            : null);
}
