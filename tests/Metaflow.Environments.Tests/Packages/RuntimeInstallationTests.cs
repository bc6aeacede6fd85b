using Metaflow.Environments.Exports;
using Metaflow.Environments.Packages;
using Metaflow.Environments.Records;

namespace Metaflow.Environments.Tests.Packages;

/// <summary>The unpacked package with a runtime is an installation of .NET.</summary>
public sealed class RuntimeInstallationTests : IDisposable
{
    private static readonly NuGetPackage Runtime = Samples.WithRuntime(Samples.NuGet()).Runtime!;

    private readonly string _folder = Directory.CreateTempSubdirectory("metaflow-runtime-").FullName;

    private string Own => Path.Combine(_folder, "own", "dotnet");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("runtimes/linux-x64/lib/net10.0/System.Runtime.dll", "shared/Microsoft.NETCore.App/10.0.13/System.Runtime.dll")]
    [InlineData("runtimes/linux-x64/native/libcoreclr.so", "shared/Microsoft.NETCore.App/10.0.13/libcoreclr.so")]
    [InlineData("runtimes/linux-x64/native/libhostfxr.so", "host/fxr/10.0.13/libhostfxr.so")]
    [InlineData("runtimes/win-x64/native/hostfxr.dll", "host/fxr/10.0.13/hostfxr.dll")]
    public void Files_are_where_an_installation_has_them(string path, string expected)
        => Assert.Equal(expected, RuntimeInstallation.PlaceOf(Runtime, path));

    [Fact]
    public void The_program_dotnet_is_put_there_once_and_again_when_it_differs()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Own)!);
        File.WriteAllText(Own, "program");
        SetMode(Own, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var place = Directory.CreateDirectory(Path.Combine(_folder, "place")).FullName;
        var installation = new RuntimeInstallation(Runtime, place);

        var added = installation.AddDotnet(Own);
        var written = File.GetLastWriteTimeUtc(added);
        Assert.Equal(added, installation.AddDotnet(Own));
        Assert.Equal(written, File.GetLastWriteTimeUtc(added));

        File.WriteAllText(added, "damaged");
        Assert.Equal("program", File.ReadAllText(installation.AddDotnet(Own)));
        SetMode(added, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        installation.AddDotnet(Own);
        Assert.Equal(ModeOf(Own), ModeOf(added));
        installation.RemoveDotnet();
        Assert.Empty(Directory.EnumerateFiles(place));
    }

    [Theory]
    [InlineData(ExportFormat.Project)]
    [InlineData(ExportFormat.LockFile)]
    public void An_export_says_that_the_runtime_is_not_part_of_it(string format)
    {
        var without = Samples.NuGet();
        var with = Samples.WithRuntime(without);

        Assert.Contains(
            EnvironmentExport.Notes(with, format, "net10.0"),
            static note => note.Contains(".NET 10.0.13, is not part of it", StringComparison.Ordinal));
        Assert.DoesNotContain(
            EnvironmentExport.Notes(without, format, "net10.0"), static note => note.Contains("runtime, .NET", StringComparison.Ordinal));
        Assert.Equal(EnvironmentExport.Write(without, format, "net10.0"), EnvironmentExport.Write(with, format, "net10.0"));
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static string ModeOf(string path) => OperatingSystem.IsWindows() ? "" : File.GetUnixFileMode(path).ToString();
}
