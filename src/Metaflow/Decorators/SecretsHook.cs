using Metaflow.Definition;
using Metaflow.Errors;
using Metaflow.Naming;
using Metaflow.Secrets;

namespace Metaflow.Decorators;

/// <summary>Fetches secrets in the process of a task, announces them to whoever writes its log, and then sets them as variables.</summary>
internal sealed class SecretsHook(SecretsAttribute attribute) : IBeforeStepHook, IOutermostHook, ILaunchHook
{
    /// <summary>The variable that names the back end of sources that name none.</summary>
    internal const string DefaultBackendVariable = "METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE";

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
        var defaultBackend = StepHookContext.ReadVariable(DefaultBackendVariable);
        var folder = FolderOf(context.Flow);
        foreach (var text in attribute.Sources)
        {
            var source = SecretSource.Parse(text, defaultBackend);
            foreach (var (name, value) in await source.FetchAsync(
                new SecretRequest(source.Id, attribute.Role, folder), context.Flow).ConfigureAwait(false))
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
                "Write the source as NAME=value, or rename the secret in its source.");
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
            : Settings.GivenTexts.FindWorkingFolder() ?? AppContext.BaseDirectory;
    }

    private static StepFailedException Refused(string what, string why, string fix) => new(ErrorCodes.SecretNameRefused, what, why, fix);
}
