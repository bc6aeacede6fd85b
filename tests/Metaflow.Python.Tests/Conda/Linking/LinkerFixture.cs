using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Metaflow.Python.Conda.Archives;
using Metaflow.Python.Conda.Linking;
using Metaflow.Python.Tests.Conda.Archives;

namespace Metaflow.Python.Tests.Conda.Linking;

/// <summary>Makes environments from packages of tests.</summary>
internal sealed class LinkerFixture : IDisposable
{
    public const string Placeholder = "/opt/placehold_placehold_placehold_placehold_placehold_placehold_placehold_placehold_placehold";

    private readonly TestFolder _folder = new();

    public TestFolder Folder => _folder;

    public string Prefix => Path.Combine(_folder.Path, "envs", "one");

    public LinkOptions Options { get; set; } = new("linux-64");

    public CondaLinker Linker => new(_folder.Machine, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static PackageBuilder Python => new PackageBuilder("python", "3.11.7", "h1_0_cpython")
        .File("bin/python3.11", "not really", PackageBuilder.Executable).Link("bin/python", "python3.11")
        .File("lib/python3.11/os.py", "").Folder("lib/python3.11/site-packages");

    public void Dispose() => _folder.Dispose();

    public async Task<PackageToLink> PackageAsync(PackageBuilder builder, CondaFormat format = CondaFormat.Conda)
    {
        var package = await _folder.ExtractAsync(builder, format);
        return new PackageToLink(package)
        {
            Channel = "https://channel.invalid/main",
            Url = $"https://channel.invalid/main/linux-64/{package.FileName}",
        };
    }

    public async Task<LinkReport> LinkAsync(params PackageBuilder[] builders)
    {
        var packages = new List<PackageToLink>();
        foreach (var builder in builders)
        {
            packages.Add(await PackageAsync(builder));
        }

        return await Linker.LinkAsync(packages, Prefix, Options, Token);
    }

    public string At(string path) => Path.Combine(Prefix, path);

    public JsonObject Record(string stem) => JsonNode.Parse(File.ReadAllBytes(At($"conda-meta/{stem}.json")))!.AsObject();

    public async Task<string> DifferencesAsync()
        => string.Join(
            '\n', (await CondaPrefixCheck.FindAsync(Prefix, Token)).Select(static one => $"{one.Package} {one.Path} {one.Change}"));

    /// <summary>Everything that an environment consists of, but for the time in its history.</summary>
    public static List<string> Shown(string prefix) =>
    [
        .. new DirectoryInfo(prefix).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
            .Where(static file => file.Name is not ("history" or ".metaflow-complete"))
            .Select(file => $"{Path.GetRelativePath(prefix, file.FullName)} {file.LinkTarget} {Shown(file)}").Order(StringComparer.Ordinal),
    ];

    private static string Shown(FileSystemInfo file)
    {
        if (file is not FileInfo { LinkTarget: null })
        {
            return "";
        }

        // The time at which records and commands are written does not matter.
        var hasTime = !file.FullName.Contains("conda-meta", StringComparison.Ordinal)
            && !file.UnixFileMode.HasFlag(UnixFileMode.UserExecute);
        return $"{file.UnixFileMode} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file.FullName)))} "
            + (hasTime ? file.LastWriteTimeUtc.ToString("O") : "");
    }
}
