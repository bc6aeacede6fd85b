using System.Runtime.InteropServices;

namespace Metaflow.Environments;

/// <summary>Kinds of machines: environments name them in conda's words (<c>linux-64</c>), .NET by runtime identifiers
/// (<c>linux-x64</c>).</summary>
internal static class Architecture
{
    private static readonly (string Conda, string Runtime)[] Known =
    [
        ("linux-64", "linux-x64"),
        ("linux-aarch64", "linux-arm64"),
        ("osx-64", "osx-x64"),
        ("osx-arm64", "osx-arm64"),
        ("win-64", "win-x64"),
        ("win-arm64", "win-arm64"),
    ];

    /// <summary>Gets the kind of this machine, such as <c>linux-64</c>.</summary>
    public static string OfThisMachine => OfRuntime(RuntimeInformation.RuntimeIdentifier);

    /// <summary>Gets all kinds that have a name in both words.</summary>
    public static IReadOnlyList<string> All { get; } = Array.ConvertAll(Known, static known => known.Conda);

    /// <summary>Returns the kind that a runtime identifier means.</summary>
    /// <param name="runtimeIdentifier">The runtime identifier, such as <c>linux-x64</c>.</param>
    /// <returns>The kind; the identifier itself if there is no other name for it.</returns>
    public static string OfRuntime(string runtimeIdentifier)
        => Array.Find(Known, known => known.Runtime == runtimeIdentifier).Conda ?? runtimeIdentifier;

    /// <summary>Returns the runtime identifier of a kind of machine.</summary>
    /// <param name="architecture">The kind, such as <c>linux-64</c>.</param>
    /// <returns>The runtime identifier; the kind itself if there is no other name for it.</returns>
    public static string ToRuntime(string architecture)
        => Array.Find(Known, known => known.Conda == architecture).Runtime ?? architecture;
}
