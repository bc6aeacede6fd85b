using System.Reflection;

namespace Metaflow.Generators.Analysis;

/// <summary>The pages that say how to fix what a diagnostic tells of.</summary>
internal static class ErrorPages
{
    // The build takes the address from the property DocumentationUrl of Directory.Build.props: it is written there only.
    private static readonly string Root = typeof(ErrorPages).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(static entry => entry.Key == "DocumentationUrl").Value!.TrimEnd('/');

    /// <summary>Returns the path of a code's page in the repository.</summary>
    public static string PathOf(string code) => $"docs/errors/{code}.md";

    /// <summary>Returns the address of a code's page.</summary>
    public static string AddressOf(string code) => $"{Root}/{PathOf(code)}";
}
