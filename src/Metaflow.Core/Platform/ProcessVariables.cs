namespace Metaflow.Platform;

/// <summary>The environment of this process, for what lies below the settings: these know the stores, and so the values and what values
/// are made of.</summary>
internal static class ProcessVariables
{
    /// <summary>Returns a variable, without a copy of the whole environment.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The value, or <see langword="null"/> if it is not set.</returns>
    public static string? ValueOf(string name) => Environment.GetEnvironmentVariable(name);
}
