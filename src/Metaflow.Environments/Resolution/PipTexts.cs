using System.Net;
using Metaflow.Environments.Settings;
using Metaflow.Python.PyPI.Resolving;

namespace Metaflow.Environments.Resolution;

/// <summary>Turns requirements as environments are known by into what pip reads.</summary>
internal static class PipTexts
{
    private const string Equality = "==";
    private const string Operators = "<>=!~";

    /// <summary>Returns a requirement for pip.</summary>
    /// <param name="value">The requirement without its category: <c>name[x]==1.2</c>, <c>name==&lt;2,&gt;=1;marker</c>,
    /// <c>name@address</c>.</param>
    /// <returns>The requirement as PEP 508 writes it.</returns>
    public static string Requirement(string value)
    {
        var end = value.IndexOf(';', StringComparison.Ordinal);
        var (text, marker) = end < 0 ? (value, "") : (value[..end], $" ; {value[(end + 1)..]}");
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var start = text.IndexOf(Equality, StringComparison.Ordinal);
        if (at > 0 && (start < 0 || at < start))
        {
            return $"{text[..at].Trim()} @ {text[(at + 1)..].Trim()}{marker}";
        }

        return start < 0 ? text + marker
            : text[..start] + string.Join(',', text[(start + Equality.Length)..].Split(',').Select(Exact)) + marker;
    }

    /// <summary>Returns where pip looks for packages.</summary>
    /// <param name="wanted">The environment.</param>
    /// <param name="settings">The settings.</param>
    /// <returns>The sources. Addresses have the credentials that the settings know for their hosts.</returns>
    public static PipSources SourcesOf(WantedEnvironment wanted, PythonSettings settings)
    {
        var flags = FlagsOf(wanted).ToList();
        var indices = wanted.Indices.Select(index => WithCredentials(index, settings)).ToList();
        var index = settings.Index is null ? null : indices.FirstOrDefault();
        return new PipSources
        {
            Index = index,
            ExtraIndices = index is null ? indices : indices[1..],
            FindLinks = [.. Values(flags, "find-links", "f")],
            TrustedHosts = [.. Values(flags, "trusted-host")],
            HasNoIndex = flags.Contains(("no-index", "")),
            UsesConfiguration = settings.Index is null,
        };
    }

    /// <summary>Returns true if versions before a release are taken, too.</summary>
    /// <param name="wanted">The environment.</param>
    /// <returns>Whether they are.</returns>
    public static bool AllowsPreReleases(WantedEnvironment wanted) => FlagsOf(wanted).Contains(("pre", ""));

    /// <summary>Returns the flags that pip gets as they are.</summary>
    /// <param name="wanted">The environment.</param>
    /// <returns>The flags without <c>--</c>.</returns>
    public static IReadOnlyList<string> OtherFlags(WantedEnvironment wanted)
        => [
            .. FlagsOf(wanted).Where(static flag => flag.Name is not ("pre" or "no-index" or "find-links" or "f" or "trusted-host"))
                .Select(static flag => flag.Value.Length == 0 ? flag.Name : $"{flag.Name}={flag.Value}"),
        ];

    private static IEnumerable<(string Name, string Value)> FlagsOf(WantedEnvironment wanted)
        => wanted.Request.Extras.Where(static text => text.Category == Categories.PyPI).Select(static text =>
        {
            var flag = text.Value.TrimStart('-');
            var end = flag.IndexOfAny([' ', '=']);
            return end < 0 ? (flag, "") : (flag[..end], flag[(end + 1)..].Trim());
        });

    private static IEnumerable<string> Values(IEnumerable<(string Name, string Value)> flags, params string[] names)
        => flags.Where(flag => names.Contains(flag.Name)).Select(static flag => flag.Value);

    private static string WithCredentials(string index, PythonSettings settings)
        => Uri.TryCreate(index, UriKind.Absolute, out var address) && address.UserInfo.Length == 0
            && settings.Access.GetValueOrDefault(address.Host) is NetworkCredential known
            ? new UriBuilder(address)
            {
                UserName = Uri.EscapeDataString(known.UserName),
                Password = Uri.EscapeDataString(known.Password),
            }.Uri.AbsoluteUri
            : index;

    private static string Exact(string item)
        => item.Trim() is var text && (text.Length == 0 || Operators.Contains(text[0], StringComparison.Ordinal)) ? text : Equality + text;
}
