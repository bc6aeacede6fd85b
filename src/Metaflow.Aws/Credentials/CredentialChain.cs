using Metaflow.Aws.Signing;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Aws.Credentials;

/// <summary>Finds credentials where AWS's own tools find them, in their order, and renews those that end. Thread-safe.</summary>
/// <remarks>Source: "Credentials" of the guide to boto3, which Python Metaflow uses.</remarks>
/// <param name="profile">The variables and files.</param>
/// <param name="connections">Reach the services that give credentials.</param>
/// <param name="time">The clock.</param>
internal sealed class CredentialChain(AwsProfile profile, ConnectionPool connections, TimeProvider time) : ICredentialSource
{
    /// <summary>Credentials that end sooner than this are renewed: a request may take a while.</summary>
    private static readonly TimeSpan Reserve = TimeSpan.FromMinutes(5);

    private const int MostTries = 5;
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);

    /// <summary>Some services give the same credentials until they end.</summary>
    private static readonly TimeSpan PauseBetween = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private Task<AwsCredentials>? _finding;
    private AwsCredentials? _current;
    private DateTimeOffset _askAgainAt;

    /// <inheritdoc/>
    public ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
    {
        var current = Volatile.Read(ref _current);
        if (IsGood(current))
        {
            return ValueTask.FromResult(current);
        }

        // A profile that is asked for by its name comes before what happens to be in the environment, as in boto3.
        if (profile.Variable("AWS_PROFILE") is null && profile.KeysOfVariables is { } keys)
        {
            Volatile.Write(ref _current, keys);
            return ValueTask.FromResult<AwsCredentials?>(keys);
        }

        return new ValueTask<AwsCredentials?>(RenewAsync(cancellationToken));
    }

    /// <summary>Finds credentials once for all who ask at the same time.</summary>
    private async Task<AwsCredentials?> RenewAsync(CancellationToken cancellationToken)
    {
        Task<AwsCredentials> finding;
        lock (_gate)
        {
            finding = _finding ??= Task.Run(KeepAsync, CancellationToken.None);
        }

        return await finding.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<AwsCredentials> KeepAsync()
    {
        try
        {
            var found = await FindPatientlyAsync().ConfigureAwait(false);
            _askAgainAt = time.GetUtcNow() + PauseBetween;
            Volatile.Write(ref _current, found);
            return found;
        }
        catch (ConfigurationException) when (_current is { ExpiresAt: { } end } current && end > time.GetUtcNow())
        {
            // They are good for a while yet, and the service may be better then.
            _askAgainAt = time.GetUtcNow() + PauseBetween;
            return current;
        }
        finally
        {
            lock (_gate)
            {
                _finding = null;
            }
        }
    }

    /// <summary>Asks several times: a service may have no time for one of many tasks.</summary>
    private async ValueTask<AwsCredentials> FindPatientlyAsync()
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await FindAsync(profile, CancellationToken.None).ConfigureAwait(false);
            }
            catch (ConfigurationException error) when (tries < MostTries && error.InnerException is IOException)
            {
                await Task.Delay(FirstPause * tries, time).ConfigureAwait(false);
            }
        }
    }

    private bool IsGood(AwsCredentials? credentials)
        => credentials is not null && (credentials.ExpiresAt is not { } end || end - time.GetUtcNow() > Reserve
            || (end > time.GetUtcNow() && _askAgainAt > time.GetUtcNow()));

    private async ValueTask<AwsCredentials> FindAsync(AwsProfile from, CancellationToken cancellationToken)
    {
        var service = new TokenService(from, connections, time);
        var machine = new MachineCredentials(from, connections);

        var isNamed = from.Variable("AWS_PROFILE") is not null;
        return (isNamed ? null : from.KeysOfVariables)
            ?? await AssumedAsync(from, service, machine, cancellationToken).ConfigureAwait(false)
            ?? await service.OfWebIdentityAsync(cancellationToken).ConfigureAwait(false)
            ?? await new SignedOnUser(from, connections, time).GetAsync(cancellationToken).ConfigureAwait(false)
            ?? from.KeysOfFiles
            ?? await CredentialProcess.RunAsync(from, cancellationToken).ConfigureAwait(false)
            ?? await machine.OfContainerAsync(cancellationToken).ConfigureAwait(false)
            ?? await machine.OfInstanceAsync(cancellationToken).ConfigureAwait(false)
            ?? throw CredentialErrors.Missing(
                isNamed && !from.Exists
                    ? $"AWS_PROFILE names the profile '{from.Name}', and the files in '{from.Folder}' have no such profile."
                    : $"Neither the variables AWS_… nor the profile '{from.Name}' in '{from.Folder}' have keys, and this machine has no "
                        + "role.");
    }

    /// <summary>Returns the credentials of a role that the profile names.</summary>
    private async ValueTask<AwsCredentials?> AssumedAsync(
        AwsProfile from, TokenService service, MachineCredentials machine, CancellationToken cancellationToken)
    {
        if (from.Entry("role_arn") is not { } role || from.Entry("web_identity_token_file") is not null)
        {
            return null;
        }

        if (from.Entry("mfa_serial") is { } device)
        {
            throw CredentialErrors.Missing(
                $"The profile '{from.Name}' asks for a code of the device '{device}', and nobody can type it in the process of a task. "
                    + "'aws sts get-session-token' gives keys without that.");
        }

        var sender = (from.Entry("source_profile"), from.Entry("credential_source")) switch
        {
            ({ } source, _) when source == from.Name => from.KeysOfFiles,
            ({ } source, _) => await FindAsync(from.Other(source), cancellationToken).ConfigureAwait(false),
            (_, "Environment") => from.KeysOfVariables,
            (_, "EcsContainer") => await machine.OfContainerAsync(cancellationToken).ConfigureAwait(false),
            (_, "Ec2InstanceMetadata") => await machine.OfInstanceAsync(cancellationToken).ConfigureAwait(false),
            _ => null,
        };
        return await service.OfRoleAsync(
            role,
            sender ?? throw CredentialErrors.Missing(
                $"The profile '{from.Name}' assumes the role '{role}', and its 'source_profile' or 'credential_source' gives no keys."),
            cancellationToken).ConfigureAwait(false);
    }
}
