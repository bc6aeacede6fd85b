using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using Metaflow.Environments;

namespace Metaflow.Tool.Tests.Environments;

/// <summary>A folder of packages, and one environment that the tool has resolved with it: a restore takes seconds, so tests begin with a
/// copy of its place.</summary>
public sealed class EnvironmentFeed : IAsyncLifetime
{
    public const string Program = "Metaflow.Tool.dll";

    /// <summary>The kind of this machine.</summary>
    public static readonly string Machine = MachineKinds.OfThisMachine;

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-feed-").FullName;

    /// <summary>Gets the output of the command that resolved the environment 'team/training:v1'.</summary>
    public string Output { get; private set; } = "";

    /// <summary>Gets the folder in which it was resolved.</summary>
    public string Resolved => Path.Combine(_folder, "resolved");

    private string Feed => Path.Combine(_folder, "feed");

    public async ValueTask InitializeAsync()
    {
        Add("Acme.Base", "1.0.0", [], ("lib/net10.0/de/Acme.Base.resources.dll", "de"), ("runtimes/any/native/acme.so", "native"));
        Add("Acme.Base", "2.0.0", []);
        Add("Acme.Lib", "1.0.0", [("Acme.Base", "1.0.0")]);
        Directory.CreateDirectory(Resolved);
        await File.WriteAllTextAsync(Path.Combine(Resolved, "requirements.txt"), "--nuget-pkg Acme.Lib==1.0.0\n");
        await File.WriteAllTextAsync(
            Path.Combine(Resolved, "nuget.config"),
            $"""<configuration><packageSources><clear /><add key="feed" value="{Feed}" /></packageSources></configuration>""");
        var run = await RunAsync(
            Resolved, "environment", "resolve", "--requirement", "requirements.txt", "--alias", "team/training:v1", "--alias",
            "team/training");
        Assert.True(run.ExitCode == 0, run.Error);
        Output = run.Out;
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Starts a process of the tool.</summary>
    public Process Start(string folder, params IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, Program), .. arguments])
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Variables(folder))
        {
            start.Environment[name] = value;
        }

        start.Environment["NUGET_PACKAGES"] = Path.Combine(_folder, "nuget");
        return Process.Start(start)!;
    }

    /// <summary>Runs a process of the tool.</summary>
    public async Task<ToolProcess> RunAsync(string folder, params string[] arguments)
    {
        using var process = Start(folder, arguments);
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new ToolProcess(process.ExitCode, await output, await error);
    }

    /// <summary>Returns the variables of processes that work in a folder: nothing outside of it is written.</summary>
    public static Dictionary<string, string> Variables(string folder) => new()
    {
        ["METAFLOW_HOME"] = Path.Combine(folder, "home"),
        ["METAFLOW_USER"] = "ada",
        ["METAFLOW_ENVIRONMENTS_FOLDER"] = Path.Combine(folder, "environments"),
    };

    private void Add(string id, string version, (string Id, string Version)[] dependencies, params (string Path, string Content)[] files)
    {
        Directory.CreateDirectory(Feed);
        using var archive = ZipFile.Open(Path.Combine(Feed, $"{id}.{version}.nupkg"), ZipArchiveMode.Create);
        Write(archive, $"{id}.nuspec", $"""
            <package xmlns="http://schemas.microsoft.com/packaging/2013/05/nuspec.xsd">
              <metadata>
                <id>{id}</id><version>{version}</version><authors>test</authors><description>A package of a test.</description>
                <dependencies><group targetFramework="net10.0">
                  {string.Join('\n', dependencies.Select(static needed => $"<dependency id=\"{needed.Id}\" version=\"{needed.Version}\" />"))}
                </group></dependencies>
              </metadata>
            </package>
            """);
        Write(archive, $"lib/net10.0/{id}.dll", $"{id} {version}");
        foreach (var (path, content) in files)
        {
            Write(archive, path, content);
        }
    }

    private static void Write(ZipArchive archive, string path, string content)
    {
        using var entry = archive.CreateEntry(path).Open();
        entry.Write(Encoding.UTF8.GetBytes(content));
    }
}

/// <summary>What a process of the tool printed and how it ended.</summary>
public sealed record ToolProcess(int ExitCode, string Out, string Error);
