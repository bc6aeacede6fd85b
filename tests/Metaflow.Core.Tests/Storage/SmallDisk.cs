using System.Diagnostics;

namespace Metaflow.Core.Tests.Storage;

/// <summary>A small file system in memory. Mounting one needs root: without it the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly bool _isMounted;

    public SmallDisk(string size)
    {
        _isMounted = OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", $"size={size}", "tmpfs", _folder.Path);
        if (!_isMounted)
        {
            _folder.Dispose();
            Assert.Skip("A small file system cannot be mounted here: it needs Linux and the rights of root.");
        }
    }

    public string Path => _folder.Path;

    public string Root => _folder.Root;

    public static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            });
            process!.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    public void MakeReadOnly() => Assert.True(Run("mount", "-o", "remount,ro", Path));

    public void Dispose()
    {
        if (_isMounted)
        {
            Run("umount", Path);
            _folder.Dispose();
        }
    }
}
