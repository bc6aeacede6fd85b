using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Metaflow.Aws.Credentials;
using Metaflow.Aws.Signing;
using Metaflow.Errors;
using Metaflow.ObjectStorage.Credentials;
using Metaflow.ObjectStorage.Http;
using Metaflow.ObjectStorage.Transfer;

namespace Metaflow.Aws.Stacks;

/// <summary>Reads the settings that the outputs of a CloudFormation stack have.</summary>
/// <remarks>Source: "DescribeStacks" of the API reference of AWS CloudFormation, version 2010-05-15.</remarks>
internal static partial class StackOutputs
{
    private const string Service = "cloudformation";

    /// <summary>Reads the settings. The description of an output begins with the name of its setting in brackets.</summary>
    /// <param name="stack">The name of the stack, or its ARN.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Cancels the operation.</param>
    /// <returns>The values by setting.</returns>
    /// <exception cref="ConfigurationException">MF2087: the stack cannot be read, or has no settings. MF2081: there are no
    /// credentials.</exception>
    public static async Task<IReadOnlyDictionary<string, string>> ReadAsync(
        string stack, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(time);
        var profile = AwsProfile.OfProcess;
        var region = profile.Region ?? throw Unreadable(
            stack,
            $"Nothing says in which region it is: AWS_REGION is not set, and AWS's own profile '{profile.Name}' has no region.",
            "Set AWS_REGION to the region of the stack, for example 'eu-west-1'.");
        using var connections = new ConnectionPool(new CertificateCheck("AWS_CA_BUNDLE", profile.Variable("AWS_CA_BUNDLE")));
        var sender = await new CredentialChain(profile, connections, time).GetAsync(cancellationToken).ConfigureAwait(false);
        var address = EndpointAddress.Parse(
            "AWS_ENDPOINT_URL_CLOUDFORMATION",
            profile.Variable("AWS_ENDPOINT_URL_CLOUDFORMATION") ?? profile.Variable("AWS_ENDPOINT_URL")
                ?? $"https://{Service}.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}");
        var call = $"Action=DescribeStacks&Version=2010-05-15&StackName={ObjectRequest.Encode(stack)}";
        var request = new ObjectRequest("POST", "/") { Body = Encoding.ASCII.GetBytes(call) };
        request.Headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8";
        new SignatureV4(Service).Sign(request, ServerAddress.Of(address).Authority, region, sender, time.GetUtcNow());
        try
        {
            var reply = await ServiceExchange.SendAsync(connections, address, request, cancellationToken).ConfigureAwait(false);
            return reply.Succeeded ? SettingsOf(stack, reply) : throw Refused(stack, region, reply);
        }
        catch (IOException error)
        {
            throw Unreadable(stack, $"CloudFormation at {address.Authority} does not answer: {ObjectErrors.Sentence(error.Message)}",
                $"Check the network, and the region '{region}'. AWS_ENDPOINT_URL_CLOUDFORMATION names another server.", error);
        }
    }

    private static Dictionary<string, string> SettingsOf(string stack, ServiceReply reply)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal);
        var outputs = new XmlTexts(XmlTexts.WholeOf(reply.Body, "DescribeStacksResponse").Next("Outputs")?.Text ?? "");
        while (outputs.Next("member") is { } member)
        {
            var output = new XmlTexts(member.Text);
            if (output.First("OutputValue") is { Length: > 0 } value
                && SettingName().Match(output.First("Description") ?? "") is { Success: true } name)
            {
                settings[name.Groups[1].Value] = value;
            }
        }

        return settings.Count > 0
            ? settings
            : throw Unreadable(
                stack,
                $"It has no output whose description begins with a setting, such as '[METAFLOW_DATASTORE_SYSROOT_S3]'. Its state is "
                    + $"{XmlTexts.Of(reply.Body).First("StackStatus") ?? "unknown"}.",
                "While its state is 'CREATE_IN_PROGRESS', wait. A stack of another template has no such outputs: create one from "
                    + "Metaflow's template deploy/aws/metaflow.yaml, or answer with --root in place of --stack.");
    }

    private static ConfigurationException Refused(string stack, string region, ServiceReply reply)
    {
        var answer = XmlTexts.Of(reply.Body);
        var code = answer.First("Code") ?? "Unknown";
        var message = ObjectErrors.Sentence(answer.First("Message") ?? "");
        var why = string.Create(CultureInfo.InvariantCulture, $"CloudFormation in {region} answered {reply.Status} ({code}): {message}");
        return Unreadable(
            stack,
            why,
            code switch
            {
                "ValidationError" => "Check the name and AWS_REGION. 'aws cloudformation list-stacks' shows the stacks of a region.",
                _ when reply.Status is 401 or 403
                    => "Allow cloudformation:DescribeStacks to the identity of the credentials, or use others.",
                _ => "Look the code up in the documentation of CloudFormation.",
            });
    }

    private static ConfigurationException Unreadable(string stack, string why, string fix, Exception? cause = null)
        => new(ErrorCodes.StackUnreadable, $"No settings could be read from the CloudFormation stack '{stack}'.", why, fix, cause);

    [GeneratedRegex(@"^\[(METAFLOW_[A-Z0-9_]+)\]")]
    private static partial Regex SettingName();
}
