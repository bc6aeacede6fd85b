using Metaflow.Python.Conda.Versions;

namespace Metaflow.Python.Conda.Matching;

/// <summary>A property of the machine that packages can depend on, such as <c>__glibc</c> 2.36.</summary>
/// <param name="Name">The name; it begins with two underscores.</param>
/// <param name="Version">The version.</param>
/// <param name="Build">The build; for <c>__archspec</c>, the kind of processor.</param>
internal sealed record VirtualPackage(string Name, CondaVersion Version, string Build)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Name}={Version.Text}={Build}";
}
