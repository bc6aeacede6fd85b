using Metaflow.Aws.Stacks;
using Metaflow.Cli.Commands;
using Metaflow.Commands;
using Metaflow.Errors;
using Metaflow.Settings;
using Metaflow.Storage;
using Metaflow.Tool.Setup;

namespace Metaflow.Tool.Commands;

/// <summary>Sets a profile up for runs in a cloud.</summary>
/// <param name="cloud">The cloud.</param>
internal sealed class ConfigureCloudCommand(CloudSetup cloud) : Command<ToolContext>
{
    private const string Stack = "stack";
    private const string Yes = "yes";

    // The retries of a run would make the user wait for minutes.
    private static readonly string[] RetrySettings = ["METAFLOW_S3_TRANSIENT_RETRY_COUNT", "METAFLOW_GS_TRANSIENT_RETRY_COUNT"];

    private bool IsAws => cloud == CloudSetup.Aws;

    /// <inheritdoc/>
    public override CommandSpecification Specification => new()
    {
        Summary = $"Set a profile up to keep runs in {cloud.Title}.",
        Details =
            "Asks what no option says, with the answers of the profile as defaults, and tries them: lists the place, and creates, reads "
                + "and removes a small object there. The other settings of the profile stay.",
        Options =
        [
            .. cloud.Questions.Select(static question => new OptionSpecification
            {
                Name = question.Option,
                ValueName = question.ValueName,
                Description = question.Text + (question.Example.Length > 0 ? $", such as {question.Example}." : "."),
                Choices = question.Choices,
            }),
            .. IsAws ? (OptionSpecification[])
            [
                new() { Name = Stack, ValueName = "name", Description = "Take the answers from the outputs of a CloudFormation stack." },
            ]
            : [],
            new() { Name = Yes, Description = "Ask nothing: take the answers of the profile where no option has them." },
            Profiles.Option,
        ],
        Examples =
        [
            $"configure {cloud.Name}",
            $"configure {cloud.Name} {cloud.ExampleOptions} --yes",
        ],
    };

    /// <inheritdoc/>
    public override async Task<int> ExecuteAsync(ToolContext context)
    {
        var file = Profiles.FileOf(context);

        // Nobody should answer questions in vain.
        OutputFile.CreateFolderOf(file);
        var settings = Profiles.Read(file);
        var current = new Dictionary<string, string>(context.Streams.Environment, StringComparer.Ordinal);
        foreach (var (name, value) in settings.Where(static setting => setting.Value is not null))
        {
            current[name] = Profiles.Show(value);
        }

        var stack = IsAws ? context.Line.Text(Stack) : null;
        var answers = new SetupAnswers(context, current, stack is not null || context.Line.Flag(Yes))
        {
            Given = stack is null ? new Dictionary<string, string>()
                : await StackOutputs.ReadAsync(stack, context.Streams.Time, context.Stopping).ConfigureAwait(false),
        };
        await answers.AskAsync(cloud.Questions, place => TryAsync(context, current, answers.All, place)).ConfigureAwait(false);
        Apply(settings, answers.All);
        Profiles.Write(file, settings);
        context.Say($"Settings written to '{file}'.");
        SayWhatIsLeft(context, settings, answers.All.Keys);
        return ExitCodes.Success;
    }

    private async Task TryAsync(
        ToolContext context, Dictionary<string, string> current, IReadOnlyDictionary<string, string> answers, string place)
    {
        var merged = RetrySettings.ToDictionary(static name => name, static _ => "3", StringComparer.Ordinal);
        foreach (var (name, value) in current.Concat(answers))
        {
            merged[name] = value;
        }

        context.Say($"Trying '{ShownAddress.Of(place)}' …");
        await new PlaceCheck(StoreOptions.Of(merged, context.Streams.Time)).RunAsync(
            new StoreAddress(cloud.StoreType, place), context.Stopping).ConfigureAwait(false);
    }

    private void Apply(SortedDictionary<string, object?> settings, IReadOnlyDictionary<string, string> answers)
    {
        settings[SettingNames.DefaultDatastore] = cloud.StoreType;
        foreach (var (name, value) in answers)
        {
            settings[name] = value;
        }

        // Python Metaflow does not know the type, which is the default here.
        if (settings.TryGetValue(SettingNames.DefaultMetadata, out var records) && records is CloudSetup.RecordsInStore)
        {
            settings.Remove(SettingNames.DefaultMetadata);
        }
    }

    private void SayWhatIsLeft(ToolContext context, SortedDictionary<string, object?> settings, IEnumerable<string> answered)
    {
        foreach (var name in answered.Append(SettingNames.DefaultDatastore))
        {
            if (context.Streams.Environment.TryGetValue(name, out var other) && other.Length > 0
                && other != Profiles.Show(settings.GetValueOrDefault(name)))
            {
                context.Say($"Warning: the environment variable {name} overrides the profile. Unset it to use the profile.");
            }
        }

        if (settings.GetValueOrDefault(SettingNames.DefaultMetadata) is { } records and not StoreAddress.LocalType)
        {
            context.Say(
                $"Warning: the profile keeps records of runs in '{Profiles.Show(records)}', which Metaflow for .NET does not have. Add "
                    + "'--metadata store' to change that.");
        }

        context.Say(
            $"Flows with this profile keep their runs in {cloud.Title} if their program references the package {cloud.Package}."
                + (Profiles.NameOf(context) is { } profile ? $" Choose the profile with METAFLOW_PROFILE={profile}." : ""));
    }
}
