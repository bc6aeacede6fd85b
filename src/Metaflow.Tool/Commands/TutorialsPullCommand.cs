using Metaflow.Cli.Commands;
using Metaflow.Cli.Parsing;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Tool.Tutorials;

namespace Metaflow.Tool.Commands;

/// <summary>Copies tutorials into a folder.</summary>
internal sealed class TutorialsPullCommand : Command<ToolContext>
{
    private const string EpisodeOption = "episode";
    private const string Folder = "metaflow-tutorials";

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = $"Copy the tutorials into the folder '{Folder}'.",
        Options =
        [
            new() { Name = EpisodeOption, ValueName = "name", Description = "Copy this episode only; its number is enough." },
            Profiles.Overwrite,
        ],
        Examples = ["tutorials pull", "tutorials pull --episode 01-playlist"],
    };

    /// <inheritdoc/>
    public override Task<int> ExecuteAsync(ToolContext context)
    {
        var episodes = context.Line.Text(EpisodeOption) is { } name ? [TutorialCatalogue.Find(name)] : TutorialCatalogue.Episodes;
        var target = Path.Combine(context.Streams.WorkingFolder, Folder);
        var files = TutorialCopy.Files(episodes);
        if (!context.Line.Flag(Profiles.Overwrite.Name)
            && files.Keys.FirstOrDefault(file => episodes.Any(episode => episode.Files.Contains(file))
                && File.Exists(Path.Combine(target, file))) is { } existing
            && !context.Confirm($"'{Path.Combine(Folder, existing)}' exists already. Replace what is there?"))
        {
            context.Say("Nothing was changed.");
            return Task.FromResult(ExitCodes.Failure);
        }

        foreach (var (file, write) in files)
        {
            var path = Path.Combine(target, file);
            OutputFile.CreateFolderOf(path);
            OutputFile.Write(path, write, overwrite: true);
        }

        foreach (var episode in episodes)
        {
            context.Streams.Out.WriteLine(Path.Combine(Folder, episode.Name));
        }

        context.Say($"'cd {Folder}' and read the README of an episode.");
        return Task.FromResult(ExitCodes.Success);
    }
}
