using System.Globalization;
using System.IO.Compression;
using System.Xml.Linq;

namespace Metaflow.Packaging.Tests;

/// <summary>The packages, packed once under a version of their own into a folder that serves as a package source.</summary>
public sealed class PackedPackages : IAsyncLifetime
{
    /// <summary>The address that the packages are made for: one property of the build names it.</summary>
    internal const string Address = "https://github.com/example/metaflow";

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-packages-").FullName;

    // No preview: what is typed is 'Metaflow@*', which finds stable versions only. Days and pairs of seconds fit into the parts of an
    // assembly's version.
    public string Version { get; } = string.Create(
        CultureInfo.InvariantCulture,
        $"0.1.{(DateTime.UtcNow - new DateTime(2020, 1, 1)).Days}.{(int)DateTime.UtcNow.TimeOfDay.TotalSeconds / 2}");

    /// <summary>Gets a value indicating whether these are the long tests.</summary>
    internal static bool IsLong => Environment.GetEnvironmentVariable("METAFLOW_LONG_TESTS") == "1";

    /// <summary>Gets the systems that the packages have images for: all of a release take minutes.</summary>
    internal static IReadOnlyList<string> Runtimes { get; } = IsLong
        ? ["linux-x64", "linux-arm64", "win-x64", "osx-arm64"]
        : ["linux-x64"];

    /// <summary>Gets the names of all packages.</summary>
    internal IReadOnlyList<string> Names => [.. Directory.EnumerateFiles(Feed, "*.nupkg")
        .Select(file => Path.GetFileName(file)[..^$".{Version}.nupkg".Length]).Order(StringComparer.Ordinal)];

    /// <summary>Gets where the packages say that the files of their release are.</summary>
    internal string Documentation => $"{Address}/blob/v{Version}";

    internal string Feed => Path.Combine(_folder, "feed");

    /// <summary>Gets what packing printed: a line for each assembly that was made.</summary>
    internal string Packing { get; private set; } = "";

    /// <summary>Gets the folder of restored packages that all tests share.</summary>
    internal string Restored => Path.Combine(_folder, "restored");

    public async ValueTask InitializeAsync()
    {
        // As README says, but that outputs go elsewhere, since other tests use those of the repository at the same time, that the analyzers
        // of the build are not asked again, and that there are images for one system unless there is time for all.
        string[] pack =
        [
            "eng/pack.sh", Version, Feed, "--artifacts-path", Path.Combine(_folder, "build"), "-p:RunAnalyzers=false", "--verbosity",
            "minimal", $"-p:RepositoryUrl={Address}",
        ];
        string[] restricted = Runtimes is [var only] ? [$"-p:ReadyToRunRuntimes={only}"] : [];
        var packed = await DotnetCommand.RunProgramAsync("bash", FindRoot(), new Dictionary<string, string>(), [.. pack, .. restricted]);
        packed.AssertSucceeded();
        Packing = packed.Output;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Installs the tool from the folder, and runs it.</summary>
    internal async Task<DotnetCommand> RunToolAsync(string folder, params string[] arguments)
    {
        var tools = Path.Combine(_folder, "tools");
        var environment = new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = Restored,
            ["METAFLOW_USER"] = "tester",
            ["METAFLOW_HOME"] = folder,
        };
        if (!Directory.Exists(tools))
        {
            // Only the folder is a source: the tool must bring all that it needs.
            await File.WriteAllTextAsync(
                Path.Combine(folder, "nuget.config"),
                $"""<configuration><packageSources><clear /><add key="packed" value="{Feed}" /></packageSources></configuration>""");
            (await DotnetCommand.RunAsync(
                folder, environment, "tool", "install", "Metaflow.Tool", "--version", Version, "--tool-path", tools)).AssertSucceeded();
        }

        // The command needs the runtime's folder where it is not the system's.
        return await DotnetCommand.RunAsync(
            folder, environment,
            ["exec", Directory.EnumerateFiles(tools, "Metaflow.Tool.dll", SearchOption.AllDirectories).Single(), .. arguments]);
    }

    internal IReadOnlyList<string> EntriesOf(string package)
    {
        using var archive = Open(package);
        return archive.Entries.Select(static entry => entry.FullName).ToList();
    }

    internal XElement SpecificationOf(string package)
    {
        using var archive = Open(package);
        using var stream = archive.GetEntry(package + ".nuspec")!.Open();
        return XElement.Load(stream);
    }

    internal T Read<T>(string package, string entry, Func<Stream, T> read, string extension = "nupkg")
    {
        using var archive = Open(package, extension);
        using var stream = (archive.GetEntry(entry) ?? throw new InvalidOperationException($"The package '{package}' has no '{entry}'."))
            .Open();
        using var content = new MemoryStream();
        stream.CopyTo(content);
        content.Position = 0;
        return read(content);
    }

    internal string TextOf(string package, string entry) => Read(package, entry, static stream => new StreamReader(stream).ReadToEnd());

    /// <summary>Runs a file-based app that takes the packages from the folder.</summary>
    internal async Task<(DotnetCommand Command, string Folder)> RunAppAsync(string source, params string[] arguments)
    {
        var app = await WriteAppAsync("#:property PublishAot=false\n", source);
        return (await RunInAppAsync(app, ["run", "app.cs", "--", .. arguments]), app);
    }

    /// <summary>Writes a file-based app, <c>app.cs</c>, that takes the packages from the folder.</summary>
    internal async Task<string> WriteAppAsync(string directives, string source)
    {
        var app = Directory.CreateDirectory(Path.Combine(_folder, "app-" + Guid.NewGuid().ToString("N")[..8])).FullName;
        await File.WriteAllTextAsync(Path.Combine(app, "app.cs"), $"{directives}#:package Metaflow@{Version}\n{source}");
        await File.WriteAllTextAsync(
            Path.Combine(app, "nuget.config"),
            $"""<configuration><packageSources><add key="packed" value="{Feed}" /></packageSources></configuration>""");
        return app;
    }

    /// <summary>Runs the <c>dotnet</c> command in the folder of an app.</summary>
    internal Task<DotnetCommand> RunInAppAsync(string app, params string[] arguments) => DotnetCommand.RunAsync(
        app,
        new Dictionary<string, string>
        {
            ["NUGET_PACKAGES"] = Restored,
            // Where the built app is kept; the folder must exist.
            ["XDG_DATA_HOME"] = Directory.CreateDirectory(Path.Combine(_folder, "data")).FullName,
            ["METAFLOW_USER"] = "tester",
        },
        arguments);

    private ZipArchive Open(string package, string extension = "nupkg")
        => ZipFile.OpenRead(Path.Combine(Feed, $"{package}.{Version}.{extension}"));

    internal static string FindRoot()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Metaflow.slnx")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests must run inside the repository.");
        }

        return folder;
    }
}
