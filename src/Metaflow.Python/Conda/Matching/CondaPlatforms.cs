namespace Metaflow.Python.Conda.Matching;

/// <summary>The platforms that conda knows: the folders of a channel.</summary>
internal static class CondaPlatforms
{
    /// <summary>The folder of packages for every platform.</summary>
    public const string Noarch = "noarch";

    /// <summary>All platforms.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        Noarch, "linux-32", "linux-64", "linux-aarch64", "linux-armv6l", "linux-armv7l", "linux-loong64", "linux-ppc64", "linux-ppc64le",
        "linux-riscv32", "linux-riscv64", "linux-s390x", "osx-64", "osx-arm64", "win-32", "win-64", "win-arm64", "freebsd-64", "zos-z",
        "emscripten-wasm32", "wasi-wasm32",
    ];

    /// <summary>Says whether a text names a platform.</summary>
    /// <param name="text">The text.</param>
    /// <returns>Whether it does.</returns>
    public static bool Contains(string text) => All.Contains(text, StringComparer.OrdinalIgnoreCase);
}
