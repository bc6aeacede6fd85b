using System.ComponentModel;
using System.Diagnostics;

namespace Metaflow.ObjectStorage.Tests.Servers;

/// <summary>Installs servers that npm has, each once for all builds of a user.</summary>
internal static class NpmPackage
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Returns the folder in which a package is, which it may be installed into.</summary>
    /// <param name="package">The package and its version, such as <c>azurite@3.37.0</c>.</param>
    public static string FolderOf(string package) => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "metaflow-tests", package);

    /// <summary>Installs a package beside its place and moves it there: what is there is whole, although several processes do this at
    /// once.</summary>
    /// <param name="package">The package and its version.</param>
    /// <returns>Why that was not possible; <see langword="null"/> where it is there.</returns>
    public static async Task<string?> InstallAsync(string package)
    {
        var folder = FolderOf(package);
        if (Directory.Exists(folder))
        {
            return null;
        }

        var beside = Directory.CreateDirectory($"{folder}-{Guid.NewGuid():N}").FullName;
        try
        {
            using var npm = Process.Start(new ProcessStartInfo(
                OperatingSystem.IsWindows() ? "npm.cmd" : "npm",
                ["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix", beside, package])
            {
                WorkingDirectory = beside,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            using var patience = new CancellationTokenSource(Patience);
            var output = npm.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = await npm.StandardError.ReadToEndAsync(patience.Token);
            await output;
            await npm.WaitForExitAsync(patience.Token);
            if (npm.ExitCode != 0)
            {
                return $"npm could not install {package}: {errors.Trim().Split('\n')[^1]}";
            }

            Directory.Move(beside, folder);
            return null;
        }
        catch (IOException) when (Directory.Exists(folder))
        {
            return null;
        }
        catch (Exception error) when (error is Win32Exception or OperationCanceledException)
        {
            return $"npm could not install {package}: {error.Message}";
        }
        finally
        {
            if (Directory.Exists(beside))
            {
                Directory.Delete(beside, recursive: true);
            }
        }
    }
}
