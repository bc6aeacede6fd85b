using System.Globalization;
using System.Text;

namespace Metaflow.Python.Conda.Linking;

/// <summary>Writes <c>conda-meta/history</c>, in which conda looks for what a user asked for.</summary>
internal static class CondaHistory
{
    /// <summary>Writes the history of an environment that was just made.</summary>
    /// <param name="plan">The environment.</param>
    /// <param name="options">How it was made.</param>
    /// <param name="now">The time.</param>
    /// <returns>The bytes.</returns>
    public static byte[] Write(LinkPlan plan, LinkOptions options, DateTimeOffset now)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"==> {now.UtcDateTime:yyyy-MM-dd HH:mm:ss} <==\n");
        text.Append(CultureInfo.InvariantCulture, $"# cmd: {options.Command.ReplaceLineEndings(" ")}\n");
        foreach (var package in plan.Packages)
        {
            var subdir = package.Metadata.Subdir.Length > 0 ? package.Metadata.Subdir : options.Subdir;
            var channel = package.Source.Channel.Length > 0 ? $"{ChannelOf(package.Source.Channel, subdir)}/{subdir}::" : "";
            text.Append(CultureInfo.InvariantCulture, $"+{channel}{package.Stem}\n");
        }

        var specs = plan.Packages.SelectMany(static package => package.Source.RequestedSpecs).Select(static spec => $"'{spec}'").ToList();
        if (specs.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"# update specs: [{string.Join(", ", specs)}]\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    // A channel may be written with the kind of machine, or without.
    private static string ChannelOf(string channel, string subdir)
    {
        channel = channel.TrimEnd('/');
        return channel.EndsWith("/" + subdir, StringComparison.Ordinal) ? channel[..^(subdir.Length + 1)] : channel;
    }
}
