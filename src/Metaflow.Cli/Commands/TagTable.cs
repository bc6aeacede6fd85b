using Metaflow.Cli.Terminal;
using Metaflow.Client;
using Metaflow.Commands;
using Metaflow.Naming;

namespace Metaflow.Cli.Commands;

/// <summary>Tags, or runs that have a tag, under one heading.</summary>
/// <param name="Name">The run's pathspec, several of them with commas, or the tag.</param>
/// <param name="System">The framework's tags; for runs of a tag of the framework, the runs.</param>
/// <param name="User">The users' tags; for runs of a user's tag, the runs.</param>
internal sealed record TagGroup(string Name, IReadOnlyList<string> System, IReadOnlyList<string> User);

/// <summary>Prints tags in columns; with <c>--quiet</c> as lines of fields that scripts can split, as the reference does.</summary>
internal sealed class TagTable(FlowContext context)
{
    private const int Gap = 4;
    private readonly StyledWriter _writer = new(context.Streams.Out, context.Streams.IsRich);

    /// <summary>Returns a run's tags as data.</summary>
    public static IReadOnlyDictionary<string, object?> ToData(RunHandle run) => new Dictionary<string, object?>
    {
        ["run"] = run.Pathspec,
        ["user_tags"] = run.UserTags.Order(StringComparer.Ordinal).ToArray(),
        ["system_tags"] = run.SystemTags.Order(StringComparer.Ordinal).ToArray(),
    };

    /// <summary>Prints the tags of runs.</summary>
    public void Write(IReadOnlyList<TagGroup> groups)
    {
        WriteHeading();
        foreach (var group in groups.OrderBy(static group => group.Name, StringComparer.Ordinal))
        {
            var system = group.System.Order(StringComparer.Ordinal).ToList();
            var user = group.User.Order(StringComparer.Ordinal).ToList();
            if (context.IsQuiet)
            {
                _writer.WriteLine($"{group.Name} ; {string.Join(',', system)} ; {string.Join(',', user)}");
                continue;
            }

            if (groups.Count > 1)
            {
                _writer.WriteLine("For run ", new(group.Name, TextStyle.Strong));
            }

            WriteColumns([.. system.Select(static tag => new StyledText(VisibleText.Line(tag))).Concat(user.Select(Own)).OrderBy(
                static tag => tag.Text.Trim('*'), StringComparer.Ordinal)]);
        }
    }

    /// <summary>Prints the runs of tags.</summary>
    public void WriteRuns(IReadOnlyList<TagGroup> groups)
    {
        WriteHeading();
        foreach (var group in groups.OrderBy(static group => group.Name, StringComparer.Ordinal))
        {
            var isSystem = group.System.Count > 0;
            var runs = (isSystem ? group.System : group.User).Order(StringComparer.Ordinal).ToList();
            if (context.IsQuiet)
            {
                _writer.WriteLine($"{(isSystem ? "system" : "user")}:{group.Name} ; {string.Join(',', runs)}");
                continue;
            }

            _writer.WriteLine("For tag ", isSystem ? group.Name : Own(group.Name));
            WriteColumns([.. runs.Select(static run => new StyledText(VisibleText.Line(run)))]);
        }
    }

    // Without colours, stars tell users' tags from the framework's.
    private StyledText Own(string tag)
        => context.Streams.IsRich ? new StyledText(VisibleText.Line(tag), TextStyle.Strong) : $"*{VisibleText.Line(tag)}*";

    private void WriteHeading()
    {
        const string Heading = "System tags and *tags*; only *tags* can be modified";
        context.Say("");
        context.Say(Heading);
        context.Say(new string('-', Heading.Length));
        context.Say("");
    }

    // Sorted downwards, as lists of files are.
    private void WriteColumns(IReadOnlyList<StyledText> texts)
    {
        var width = texts.Count == 0 ? 0 : texts.Max(static text => text.Text.Length);
        var columns = Math.Max(1, (context.Streams.Width() + Gap) / (width + Gap));
        var rows = (texts.Count + columns - 1) / columns;
        for (var row = 0; row < rows; row++)
        {
            var line = new List<StyledText>();
            for (var index = row; index < texts.Count; index += rows)
            {
                line.Add(texts[index]);
                line.Add(index + rows < texts.Count ? new string(' ', width - texts[index].Text.Length + Gap) : "");
            }

            _writer.WriteLine(line);
        }

        _writer.WriteLine("");
    }
}
