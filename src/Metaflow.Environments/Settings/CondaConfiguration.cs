using Metaflow.Platform;

namespace Metaflow.Environments.Settings;

/// <summary>What the user's configuration of conda (<c>.condarc</c>) says of channels. Other tools on the machine read the same.</summary>
/// <remarks>Only the keys that choose channels are read, line by line; the rest of such a file is about conda itself.</remarks>
internal sealed record CondaConfiguration
{
    /// <summary>The variable that names the file.</summary>
    public const string Variable = "CONDARC";

    private static readonly string[] OfUser = [".condarc", ".conda/.condarc", ".config/conda/.condarc", ".mambarc"];

    /// <summary>Gets the channels, the preferred one first; none by default.</summary>
    public IReadOnlyList<string> Channels { get; init; } = [];

    /// <summary>Gets the address that the names of channels are put behind; <see langword="null"/> if none is set.</summary>
    public string? ChannelAlias { get; init; }

    /// <summary>Gets what the order of channels means, in conda's words; <see langword="null"/> if it is not set.</summary>
    public string? ChannelPriority { get; init; }

    /// <summary>Reads the first configuration that there is: that of <c>CONDARC</c>, or of the user's folder.</summary>
    /// <param name="variables">The variables of the process.</param>
    /// <returns>The configuration; an empty one if there is none, or it cannot be read.</returns>
    public static CondaConfiguration Read(IReadOnlyDictionary<string, string> variables)
    {
        foreach (var path in FilesOf(variables))
        {
            try
            {
                if (File.Exists(path))
                {
                    return Parse(File.ReadLines(path));
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException)
            {
                // It is another program's file: what is missing is said where a channel cannot be found.
            }
        }

        return new CondaConfiguration();
    }

    /// <summary>Returns the files that can have the configuration. The first one that exists counts.</summary>
    /// <param name="variables">The variables of the process.</param>
    /// <returns>The absolute paths.</returns>
    public static IEnumerable<string> FilesOf(IReadOnlyDictionary<string, string> variables)
    {
        if (variables.GetValueOrDefault(Variable) is { Length: > 0 } given)
        {
            yield return Path.GetFullPath(UserPath.WithHome(given));
        }

        if ((variables.GetValueOrDefault("HOME") ?? variables.GetValueOrDefault("USERPROFILE")) is { Length: > 0 } home)
        {
            foreach (var file in OfUser)
            {
                yield return Path.GetFullPath(Path.Combine(home, file));
            }
        }
    }

    /// <summary>Reads lines of such a file.</summary>
    /// <param name="lines">The lines.</param>
    /// <returns>The configuration.</returns>
    public static CondaConfiguration Parse(IEnumerable<string> lines)
    {
        var found = new CondaConfiguration();
        var channels = new List<string>();
        var list = "";
        foreach (var line in lines.Select(WithoutComment))
        {
            if (line.TrimStart().StartsWith("- ", StringComparison.Ordinal))
            {
                if (list == "channels")
                {
                    channels.Add(Unquoted(line.TrimStart()[2..]));
                }
            }
            else if (line.Length > 0 && !char.IsWhiteSpace(line[0]) && line.IndexOf(':', StringComparison.Ordinal) is var end && end > 0)
            {
                list = line[..end].Trim();
                var value = Unquoted(line[(end + 1)..]);
                if (list == "channels" && value is ['[', .., ']'])
                {
                    channels.AddRange(value[1..^1].Split(',').Select(Unquoted).Where(static text => text.Length > 0));
                }

                found = list switch
                {
                    "channel_alias" => found with { ChannelAlias = value },
                    "channel_priority" => found with { ChannelPriority = value },
                    _ => found,
                };
            }
        }

        return found with { Channels = channels };
    }

    private static string WithoutComment(string line)
        => (line.IndexOf('#', StringComparison.Ordinal) is var start && (start == 0 || (start > 0 && char.IsWhiteSpace(line[start - 1])))
            ? line[..start] : line).TrimEnd();

    private static string Unquoted(string text)
        => text.Trim() is var trimmed && trimmed is ['"', .., '"'] or ['\'', .., '\''] ? trimmed[1..^1] : trimmed;
}
