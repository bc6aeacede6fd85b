using System.Formats.Tar;
using System.IO.Compression;

namespace Metaflow.Python.Tests.PyPI.Resolving;

/// <summary>Makes sources that build without any tool from an index: they bring along what builds them.</summary>
internal static class SourcePackage
{
    private const string Backend = """
        import os, zipfile, base64, hashlib

        NAME, VERSION, REQUIRES = "@NAME", "@VERSION", [@REQUIRES]

        def _metadata():
            lines = ["Metadata-Version: 2.1", "Name: " + NAME, "Version: " + VERSION]
            return "\n".join(lines + ["Requires-Dist: " + item for item in REQUIRES]) + "\n"

        def build_wheel(directory, config_settings=None, metadata_directory=None):
            @FAIL
            info = NAME + "-" + VERSION + ".dist-info"
            files = {NAME + ".py": open(NAME + ".py").read(), info + "/METADATA": _metadata(),
                     info + "/WHEEL": "Wheel-Version: 1.0\nGenerator: t\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
            record = ""
            for path, text in files.items():
                digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
                record += "%s,sha256=%s,%d\n" % (path, digest, len(text.encode()))
            files[info + "/RECORD"] = record + info + "/RECORD,,\n"
            wheel = NAME + "-" + VERSION + "-py3-none-any.whl"
            with zipfile.ZipFile(os.path.join(directory, wheel), "w") as target:
                for path, text in files.items():
                    target.writestr(zipfile.ZipInfo(path), text)
            return wheel
        """;

    public static string WriteFolder(string folder, string name, string version, string requires = "", string fail = "pass")
    {
        Directory.CreateDirectory(folder);
        var backend = Backend.Replace("@NAME", name, StringComparison.Ordinal).Replace("@VERSION", version, StringComparison.Ordinal)
            .Replace("@REQUIRES", requires, StringComparison.Ordinal).Replace("@FAIL", fail, StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "backend.py"), backend);
        File.WriteAllText(Path.Combine(folder, $"{name}.py"), $"version = '{version}'\n");
        File.WriteAllText(
            Path.Combine(folder, "pyproject.toml"),
            "[build-system]\nrequires = []\nbuild-backend = \"backend\"\nbackend-path = [\".\"]\n"
                + $"[project]\nname = \"{name}\"\nversion = \"{version}\"\n");
        return folder;
    }

    public static string WriteArchive(string folder, string name, string version, string requires = "", string fail = "pass")
    {
        var work = Directory.CreateTempSubdirectory("sdist-").FullName;
        try
        {
            var source = WriteFolder(Path.Combine(work, $"{name}-{version}"), name, version, requires, fail);
            File.WriteAllText(Path.Combine(source, "PKG-INFO"), $"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n");
            Directory.CreateDirectory(folder);
            var path = Path.Combine(folder, $"{name}-{version}.tar.gz");
            using var stream = new GZipStream(File.Create(path), CompressionLevel.Fastest);
            TarFile.CreateFromDirectory(source, stream, includeBaseDirectory: true);
            return path;
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }
    }

    /// <summary>Makes a repository with one commit; returns the commit.</summary>
    public static string WriteRepository(string folder, string name, string version, string subdirectory, string fail = "pass")
    {
        WriteFolder(Path.Combine(folder, subdirectory), name, version, fail: fail);
        (int ExitCode, string Output) Git(params string[] arguments) => PythonOracle.Run(
            "git", "", ["-C", folder, "-c", "user.name=t", "-c", "user.email=t@t", .. arguments]);
        foreach (var arguments in (string[][])[["init", "-q"], ["add", "."], ["commit", "-q", "-m", "x"]])
        {
            var (exitCode, output) = Git(arguments);
            Assert.True(exitCode == 0, output);
        }

        return Git("rev-parse", "HEAD").Output.Trim();
    }
}
