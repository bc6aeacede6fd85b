namespace Metaflow.Azure.Credentials;

/// <summary>The variables of the environment that Azure's own tools read.</summary>
/// <param name="variable">Returns a variable by its name.</param>
internal sealed class AzureVariables(Func<string, string?> variable)
{
    /// <summary>Gets those of this process.</summary>
    public static AzureVariables OfProcess => new(Environment.GetEnvironmentVariable);

    /// <summary>Returns a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its value; <see langword="null"/> when it is not set or empty.</returns>
    public string? this[string name] => variable(name) is { Length: > 0 } value ? value : null;
}
