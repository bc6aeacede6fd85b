using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Secrets;
using Metaflow.Settings;

namespace Metaflow.Decorators;

/// <summary>Fetches secrets in the process of a task, announces them to whoever writes its log, and then sets them as variables.</summary>
internal sealed class SecretsHook(SecretsAttribute attribute) : IBeforeStepHook, IOutermostHook, ILaunchHook
{
    /// <inheritdoc/>
    public void BeforeLaunch(LaunchHookContext context) => context.AnnouncesSecrets = true;

    /// <inheritdoc/>
    public async ValueTask BeforeStepAsync(StepHookContext context)
    {
        var values = await FetchAsync(context).ConfigureAwait(false);
        context.HideSecrets(values.Values);
        context.SetEnvironmentVariable(SecretVariables.Variable, SecretVariables.With(values.Keys));
        foreach (var (name, value) in values)
        {
            context.SetEnvironmentVariable(name, value);
        }
    }

    private async Task<Dictionary<string, string>> FetchAsync(StepHookContext context)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        var settings = SettingReader.OfProcess();
        var defaultBackend = settings.Text(SettingNames.DefaultSecretsBackend);
        var role = attribute.Role ?? settings.Text(SettingNames.DefaultSecretsRole);
        var folder = FolderOf(context.Flow);
        foreach (var text in attribute.Sources)
        {
            var source = SecretSource.Parse(text, defaultBackend);
            foreach (var (name, value) in await source.FetchAsync(
                new SecretRequest(source.Id, role, folder), context.Flow).ConfigureAwait(false))
            {
                Check(name, value, source, values);
                values[name] = value;
            }
        }

        return values;
    }

    private void Check(string name, string value, SecretSource source, Dictionary<string, string> others)
    {
        if (!VariableNames.IsName(name))
        {
            // It may be a part of the secret, where the source is written in another form than was meant.
            throw Refused(
                $"Source '{source.Shown}' gives a secret whose name is invalid.",
                VariableNames.Rule,
                "Write the source as NAME=value, or rename the secret in its source. Back ends of clouds have the option env_var_name.");
        }

        if (VariableNames.IsReserved(name))
        {
            throw Refused(
                $"Source '{source.Shown}' gives a secret that is named '{name}'.", VariableNames.Rule, "Rename it in its source.");
        }

        var isTaken = others.ContainsKey(name) || (StepHookContext.ReadVariable(name) is { } existing && existing != value);
        if (isTaken && !attribute.AllowOverride)
        {
            throw Refused(
                $"Source '{source.Shown}' gives the secret '{name}', which is already set.",
                "Another source or the environment has a value with this name, and Metaflow cannot know which one you mean.",
                "Remove one of them, or write AllowOverride = true.");
        }
    }

    private static string FolderOf(FlowSpec flow)
    {
        var builder = new FlowDefinitionBuilder();
        flow.Describe(builder);
        return Path.GetDirectoryName(builder.Build().SourceFile) is { Length: > 0 } folder
            ? Path.GetFullPath(folder)
            : GivenTexts.FindWorkingFolder() ?? AppContext.BaseDirectory;
    }

    private static StepFailedException Refused(string what, string why, string fix) => new(ErrorCodes.SecretNameRefused, what, why, fix);
}
