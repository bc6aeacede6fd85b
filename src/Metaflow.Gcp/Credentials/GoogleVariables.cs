namespace Metaflow.Gcp.Credentials;

/// <summary>The variables of Google's own libraries, and the file where <c>gcloud</c> keeps the user's credentials.</summary>
/// <remarks>Source: "How Application Default Credentials works" of the documentation of Google Cloud.</remarks>
/// <param name="variable">Returns a variable of the environment.</param>
internal sealed class GoogleVariables(Func<string, string?> variable)
{
    /// <summary>Gets the variables of this process.</summary>
    public static GoogleVariables OfProcess => new(Environment.GetEnvironmentVariable);

    /// <summary>Gets the path of the file that <c>gcloud auth application-default login</c> writes.</summary>
    public string UserFile => Path.Combine(Folder, "application_default_credentials.json");

    private string Folder => Value("CLOUDSDK_CONFIG") ?? (OperatingSystem.IsWindows()
        ? Path.Combine(Value("APPDATA") ?? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData), "gcloud")
        : Path.Combine(Value("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".config", "gcloud"));

    /// <summary>Returns a variable.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its value; <see langword="null"/> when it is not set or empty.</returns>
    public string? Value(string name) => variable(name) is { Length: > 0 } value ? value : null;
}
