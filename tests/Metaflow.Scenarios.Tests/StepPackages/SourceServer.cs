using Metaflow.Python.Tests.Channels;
using Metaflow.Python.Tests.PyPI;
using Metaflow.Python.Tests.PyPI.Resolving;

namespace Metaflow.Scenarios.Tests.StepPackages;

/// <summary>Sources of Python packages on a server, which build themselves without further tools.</summary>
/// <param name="server">The server.</param>
/// <param name="folder">Where the sources are kept.</param>
internal sealed class SourceServer(LocalServer server, string folder)
{
    /// <summary>Serves an archive.</summary>
    /// <returns>Its address.</returns>
    public string Archive(string name, string version)
        => $"{server.Mount("archives", Path.Combine(folder, "archives"))}/"
            + Path.GetFileName(SourcePackage.WriteArchive(Path.Combine(folder, "archives"), name, version));

    /// <summary>Serves a repository of git with one commit, as files: the client finds out by itself what it needs.</summary>
    /// <param name="repository">The name of the repository.</param>
    /// <param name="name">The package in it.</param>
    /// <param name="version">The package's version.</param>
    /// <param name="build">A line of Python that runs when the package is built.</param>
    /// <returns>The address, as requirements have it, and the commit.</returns>
    public (string Url, string Commit) Repository(string repository, string name, string version, string build = "pass")
    {
        var work = Path.Combine(folder, "work", repository);
        var commit = SourcePackage.WriteRepository(work, name, version, "", build);
        var bare = Path.Combine(folder, "git", repository + ".git");
        Git("clone", "--quiet", "--bare", work, bare);
        Git("-C", bare, "update-server-info");
        return ($"git+{server.Mount("git", Path.Combine(folder, "git"))}/{repository}.git", commit);
    }

    /// <summary>Writes sources into a folder of this machine.</summary>
    /// <returns>The folder's address.</returns>
    public string Folder(string name, string version)
        => new Uri(SourcePackage.WriteFolder(Path.Combine(folder, "folders", name), name, version)).AbsoluteUri;

    private static void Git(params string[] arguments)
    {
        var (exitCode, output) = PythonOracle.Run("git", "", arguments);
        Assert.True(exitCode == 0, output);
    }
}
