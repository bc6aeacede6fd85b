using System.Globalization;

namespace Metaflow.Python.PyPI.Tags;

/// <summary>The tags of platforms of Linux (PEP 600 and PEP 656).</summary>
internal static class LinuxTags
{
    /// <summary>Returns the tags whose wheels a machine runs.</summary>
    /// <param name="machine">The processor.</param>
    /// <param name="glibc">The version of the GNU C library, if it has one.</param>
    /// <param name="musl">The version of musl, if it has one.</param>
    /// <returns>The tags, those for the latest library first.</returns>
    public static IReadOnlyList<string> Of(string machine, LibraryVersion? glibc, LibraryVersion? musl)
    {
        // Some processors run the wheels of their smaller brothers.
        string[] machines = machine == "armv8l" ? ["armv8l", "armv7l"] : [machine];
        return
        [
            .. machines.SelectMany(item => glibc is { } version ? Manylinux(item, version) : []),
            .. machines.SelectMany(item => musl is { } version ? Musllinux(item, version) : []),
            .. machines.Select(static item => $"linux_{item}"),
        ];
    }

    private static IEnumerable<string> Manylinux(string machine, LibraryVersion glibc)
    {
        // Before these versions no such wheels could be made: CentOS 5 for the old processors, CentOS 7 for the others.
        var oldest = machine is "x86_64" or "i686" ? 5 : 17;
        for (var minor = glibc.Major == 2 ? glibc.Minor : -1; minor >= oldest; minor--)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"manylinux_2_{minor}_{machine}");
            if (minor switch { 17 => "manylinux2014", 12 => "manylinux2010", 5 => "manylinux1", _ => null } is { } former)
            {
                yield return $"{former}_{machine}";
            }
        }
    }

    private static IEnumerable<string> Musllinux(string machine, LibraryVersion musl)
    {
        for (var minor = musl.Minor; minor >= 0; minor--)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"musllinux_{musl.Major}_{minor}_{machine}");
        }
    }
}
