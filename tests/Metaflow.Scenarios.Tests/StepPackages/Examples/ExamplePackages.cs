using Metaflow.Python.Tests.Channels;

namespace Metaflow.Scenarios.Tests.StepPackages.Examples;

/// <summary>The packages that the examples of Metaflow's extension name, small, in the versions that they name: each tells its
/// version.</summary>
internal static class ExamplePackages
{
    /// <summary>Writes the packages of conda.</summary>
    /// <param name="folder">The folder of the channel.</param>
    /// <returns>The folder.</returns>
    public static string WriteChannel(string folder)
    {
        var channel = new CondaChannel(folder);
        foreach (var version in (string[])["1.4.0", "1.5.0", "2.0.3", "2.1.4", "2.2.2"])
        {
            channel.Add(Module("pandas", version, "numpy >=1.21"));
        }

        foreach (var version in (string[])["1.21.5", "1.21.6", "1.26.4"])
        {
            channel.Add(Module("numpy", version));
        }

        channel.Add(Module("scipy", "1.11.4", "numpy >=1.21,<1.28"));
        channel.Add(Module("itsdangerous", "2.1.2"));
        channel.Add(SyntheticPackages.Tool("git-lfs", "3.4.0"));
        channel.Add(SyntheticPackages.Tool("ffmpeg", "6.1.1"));
        channel.WriteIndex();
        return folder;
    }

    /// <summary>Writes the packages of the index.</summary>
    /// <param name="folder">The folder of the index.</param>
    /// <param name="toolsFolder">The folder of the index that has what builds sources.</param>
    /// <returns>The folder.</returns>
    public static string WriteIndex(string folder, string toolsFolder)
    {
        var index = new PackageIndex(folder);
        foreach (var version in (string[])["1.4.0", "1.5.0", "2.0.3", "2.1.4", "2.2.2"])
        {
            index.Add(new() { Name = "pandas", Version = version, Requires = ["numpy>=1.21"] });
        }

        index.Add(new() { Name = "numpy", Version = "1.21.5" }).Add(new() { Name = "numpy", Version = "1.26.4" });
        index.Add(new() { Name = "requests", Version = "2.31.0" }).Add(new() { Name = "itsdangerous", Version = "2.1.2" });
        index.Add(new() { Name = "future", Version = "1.0.0" });
        index.Add(new()
        {
            Name = "ffmpeg-python",
            Version = "0.2.0",
            Requires = ["future"],
            Files = new Dictionary<string, string> { ["ffmpeg/__init__.py"] = "__version__ = '0.2.0'\n" },
        });
        index.Add(new() { Name = "tensorflow", Version = "2.7.4", Requires = ["numpy>=1.14.5"] });
        index.Add(new() { Name = "tensorflow", Version = "2.8.0", Requires = ["numpy>=1.20"] });
        index.Add(new() { Name = "aiobotocore", Version = "2.13.0" });
        index.Add(new()
        {
            Name = "apache-airflow",
            Version = "2.9.3",
            Requires = ["itsdangerous>=2.0", "aiobotocore>=2.1.1; extra == 'aiobotocore'"],
            Extras = ["aiobotocore"],
            Files = new Dictionary<string, string> { ["airflow/__init__.py"] = "__version__ = '2.9.3'\n" },
        });
        index.AddSource(new() { Name = "outlier-detector", Version = "0.0.3" });
        foreach (var wheel in Directory.GetFiles(Path.Combine(toolsFolder, "files"), "*.whl")
            .Where(static file => Path.GetFileName(file).Split('-')[0] is "setuptools" or "wheel" or "packaging"))
        {
            index.AddFile(wheel);
        }

        index.WriteIndex();
        return folder;
    }

    private static CondaPackage Module(string name, string version, params string[] depends) => new()
    {
        Name = name,
        Version = version,
        Build = "pyhd8ed1ab_0",
        NoArch = "python",
        Depends = ["python >=3.8", .. depends],
        Files =
        [
            CondaFile.Text($"site-packages/{name}/__init__.py", $"__version__ = '{version}'\n"),
            CondaFile.Text(
                $"site-packages/{name}-{version}.dist-info/METADATA", $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"),
        ],
    };
}
