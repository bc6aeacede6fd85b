namespace Metaflow.Decorators;

/// <summary>Tells the processes that a step starts which of their variables are secrets: the names alone, as the values are theirs
/// anyhow.</summary>
internal static class SecretVariables
{
    /// <summary>The variable that has the names.</summary>
    internal const string Variable = "METAFLOW_SECRET_VARIABLES";

    private const char Separator = ',';

    /// <summary>Returns the secrets that this process inherited, such as those of the step that started the run of this task.</summary>
    /// <returns>The values.</returns>
    public static IReadOnlyList<string> Values() => [.. Names().Select(StepHookContext.ReadVariable).OfType<string>()];

    /// <summary>Returns what the variable is with further names.</summary>
    /// <param name="names">The names.</param>
    /// <returns>The text.</returns>
    public static string With(IEnumerable<string> names) => string.Join(Separator, Names().Union(names, StringComparer.Ordinal));

    private static string[] Names()
        => StepHookContext.ReadVariable(Variable)?.Split(Separator, StringSplitOptions.RemoveEmptyEntries) ?? [];
}
