using Metaflow.Aws.Signing;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;

namespace Metaflow.Aws.Credentials;

/// <summary>Finds credentials where AWS's own tools find them, in their order, and renews those that end. Thread-safe.</summary>
/// <remarks>Source: "Credentials" of the guide to boto3, which Python Metaflow uses.</remarks>
internal sealed class CredentialChain : ICredentialSource
{
    private readonly ConnectionPool _connections;
    private readonly TimeProvider _time;
    private readonly AwsCredentials? _fixed;
    private readonly KeptCredentials<AwsCredentials> _kept;

    /// <summary>Initializes a chain.</summary>
    /// <param name="profile">The variables and files.</param>
    /// <param name="connections">Reach the services that give credentials.</param>
    /// <param name="time">The clock.</param>
    public CredentialChain(AwsProfile profile, ConnectionPool connections, TimeProvider time)
    {
        (_connections, _time) = (connections, time);

        // A profile that is asked for by its name comes before what happens to be in the environment, as in boto3.
        _fixed = profile.Variable("AWS_PROFILE") is null ? profile.KeysOfVariables : null;
        _kept = new KeptCredentials<AwsCredentials>(() => FindAsync(profile, CancellationToken.None), time);
    }

    /// <inheritdoc/>
    public async ValueTask<AwsCredentials?> GetAsync(CancellationToken cancellationToken)
        => _fixed ?? await _kept.GetAsync(cancellationToken).ConfigureAwait(false);

    private async ValueTask<AwsCredentials> FindAsync(AwsProfile from, CancellationToken cancellationToken)
    {
        var service = new TokenService(from, _connections, _time);
        var machine = new MachineCredentials(from, _connections);

        var isNamed = from.Variable("AWS_PROFILE") is not null;
        return (isNamed ? null : from.KeysOfVariables)
            ?? await AssumedAsync(from, service, machine, cancellationToken).ConfigureAwait(false)
            ?? await service.OfWebIdentityAsync(cancellationToken).ConfigureAwait(false)
            ?? await new SignedOnUser(from, _connections, _time).GetAsync(cancellationToken).ConfigureAwait(false)
            ?? from.KeysOfFiles
            ?? await ProfileProgram.RunAsync(from, cancellationToken).ConfigureAwait(false)
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
