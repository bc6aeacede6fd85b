namespace Metaflow.Plugins;

/// <summary>The packages of the framework whose plug-ins a program may lack, by the names of their parts.</summary>
internal static class KnownPackages
{
    private static readonly Dictionary<string, string> Packages = new(StringComparer.Ordinal)
    {
        ["s3"] = "Metaflow.Aws",
        ["aws-secrets-manager"] = "Metaflow.Aws",
        ["azure"] = "Metaflow.Azure",
        ["az-key-vault"] = "Metaflow.Azure",
        ["gs"] = "Metaflow.Gcp",
        ["gcp-secret-manager"] = "Metaflow.Gcp",
    };

    /// <summary>Gets the names of back ends of secrets that the packages have.</summary>
    public static IReadOnlyList<string> SecretsBackends { get; } = ["aws-secrets-manager", "az-key-vault", "gcp-secret-manager"];

    /// <summary>Says how a program gets a part.</summary>
    /// <param name="name">The name of the part, such as <c>s3</c>.</param>
    /// <returns>A sentence; <see langword="null"/> if no package of the framework has the part.</returns>
    public static string? RemedyOf(string name) => Packages.TryGetValue(name, out var package)
        ? $"Add '#:package {package}@*' to the flow's file, or reference the package {package} in its project."
        : null;
}
